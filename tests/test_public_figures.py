"""Names that policy keeps: pinned lists, contexts, and nothing without both."""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

import pytest

from anonymizers.public_figures import keeps, load_public_figures
from schemas.errors import ConfigError
from schemas.policy import Policy, load_policy


def policy(tmp_path: Path, content: bytes | None, digest: str | None = None) -> Policy:
    if content is not None:
        (tmp_path / "dead.csv").write_bytes(content)
    sha = digest or hashlib.sha256(content or b"").hexdigest()
    raw = load_policy("pretraining-public", tmp_path).model_dump()
    raw["anonymize"]["public_figures"] = {"deceased_csv": "dead.csv", "deceased_sha256": sha}
    return Policy.model_validate(raw)


def test_no_list_keeps_nobody(tmp_path: Path) -> None:
    assert load_public_figures(load_policy("pretraining-public", tmp_path), tmp_path) == {}


def test_a_name_needs_its_context(tmp_path: Path) -> None:
    figures = load_public_figures(policy(tmp_path, "name,context\n이순신,장군;거북선\n홍길동,\n".encode()), tmp_path)
    assert keeps(figures, "이순신", "이순신 장군의 생애")
    assert not keeps(figures, "이순신", "이순신 과장에게 문의")
    assert keeps(figures, "홍길동", "홍길동은 왔다")
    assert not keeps(figures, "김철수", "김철수 장군")


def test_a_name_is_kept_in_any_normal_form(tmp_path: Path) -> None:
    listed = unicodedata.normalize("NFD", "name,context\n이순신,장군\n")
    figures = load_public_figures(policy(tmp_path, listed.encode()), tmp_path)
    text = unicodedata.normalize("NFD", "이순신 장군의 생애")
    assert keeps(figures, unicodedata.normalize("NFD", "이순신"), text)


@pytest.mark.parametrize(
    ("content", "digest", "says"),
    [
        (None, None, "not found"),
        (b"name,context\n", "0" * 64, "not the list that the policy pins"),
        (b"who\n", None, "line 1"),
        ("name,context\n이순신,\n".encode("cp949"), None, "not a UTF-8 CSV"),
    ],
)
def test_faults_are_named_without_the_names(
    content: bytes | None, digest: str | None, says: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        load_public_figures(policy(tmp_path, content, digest), tmp_path)
    assert "이순신" not in str(caught.value)
