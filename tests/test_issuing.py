"""Issuing: who may do what, what is refused, and what a crash leaves behind."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, World, digest, make_facts, make_root, signer, write_shards

from damjang.certificates.errors import Expired, Malformed, MissingFile, RevocationListStale
from damjang.certificates.facts import DataClass, Gate, SourceCounts
from damjang.certificates.reader import verify_directory
from damjang.certificates.trust import Person
from governance import issuing
from governance.errors import NotASigner, NotCertifiable, ProposalDiffers, ProposalMissing
from governance.issuing import discard, proposals, propose, sign

RELEASE = "korean-public@1"


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_release_is_unreadable_until_the_threshold_of_officers_signed(world: World) -> None:
    certificate = world.propose()
    final = world.office.published(RELEASE)
    assert not final.exists()
    [waiting] = proposals(world.office, NOW)
    assert (waiting.certificate, waiting.approved_by, waiting.threshold) == (certificate, (), 2)
    first = sign(world.office, RELEASE, signer("officer-2"), NOW)
    assert first.published is None
    assert not final.exists()
    second = sign(world.office, RELEASE, signer("officer-1"), NOW)
    assert second.published == final
    assert second.approved_by == ("officer-1", "officer-2")
    assert second.separated
    verified = verify_directory(final, world.root, now=NOW, revocations=[world.revocations])
    assert verified.certificate == certificate
    assert verified.approvers == ("officer-1", "officer-2")
    assert proposals(world.office, NOW) == []


def test_signing_twice_counts_one_person(world: World) -> None:
    world.propose()
    sign(world.office, RELEASE, signer("officer-1"), NOW)
    again = sign(world.office, RELEASE, signer("officer-1"), NOW)
    assert (again.published, again.approved_by) == (None, ("officer-1",))


@pytest.mark.parametrize("name", ["engineer-1", "stranger"])
def test_only_officers_approve(world: World, name: str) -> None:
    world.propose()
    with pytest.raises(NotASigner):
        sign(world.office, RELEASE, signer(name), NOW)


@pytest.mark.parametrize("name", ["officer-1", "stranger"])
def test_only_engineers_propose(world: World, tmp_path: Path, name: str) -> None:
    manifest = write_shards(tmp_path / "stage", RELEASE)
    with pytest.raises(NotASigner):
        propose(
            world.office, RELEASE, manifest, make_facts(manifest.rows), tmp_path / "stage", signer(name), NOW, bytes(32)
        )


def both(demo: bool) -> tuple[Person, ...]:
    person = Person("engineer-1", ("engineer", "officer"), (signer("engineer-1").public,))
    return (person, *make_root().persons[1:]) if not demo else (person,)


def test_who_proposed_cannot_approve(tmp_path: Path) -> None:
    world = World(tmp_path, make_root(persons=both(False), threshold=1))
    world.propose()
    with pytest.raises(NotASigner, match="직무분리"):
        sign(world.office, RELEASE, signer("engineer-1"), NOW)


def test_one_person_with_all_keys_is_a_demo_and_says_so(tmp_path: Path) -> None:
    root = make_root(persons=both(True), threshold=1, demo=True)
    world = World(tmp_path, root, listers=("engineer-1",))
    world.propose()
    result = sign(world.office, RELEASE, signer("engineer-1"), NOW)
    assert result.published is not None
    assert not result.separated
    verified = verify_directory(result.published, root, now=NOW, revocations=[world.revocations])
    assert not verified.separated
    assert verified.statement.demo


@pytest.mark.parametrize(
    "change",
    [
        {"gates": ()},
        {"gates": (Gate("rrn-zero", "제24조의2", "fail", "1", digest("scan")),)},
        {"data_class": DataClass("AI_28-12", "ai_28-12", "…")},
    ],
)
def test_a_failed_gate_cannot_be_signed_away(world: World, change: dict[str, object]) -> None:
    with pytest.raises(NotCertifiable):
        world.propose(**change)
    assert proposals(world.office, NOW) == []


def test_28_12_opens_on_the_day_it_comes_into_force(world: World) -> None:
    change: dict[str, object] = {"data_class": DataClass("AI_28-12", "ai_28-12", "의결 번호 …")}
    day = dt.datetime(2027, 3, 9, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    with pytest.raises(NotCertifiable):
        world.propose(now=day - dt.timedelta(seconds=1), **change)
    assert world.propose(now=day, **change)


def test_documents_that_do_not_add_up_are_no_facts() -> None:
    with pytest.raises(Malformed, match="add up"):
        SourceCounts("press", "KOGL-1", "not_personal", "KR", "ours", None, 10, 5, 1, 3, 2)


def test_rows_that_no_source_explains_are_refused(world: World, tmp_path: Path) -> None:
    manifest = write_shards(tmp_path / "stage", RELEASE)
    with pytest.raises(Malformed, match="rows"):
        propose(
            world.office, RELEASE, manifest, make_facts(manifest.rows + 1), tmp_path / "stage",
            signer("engineer-1"), NOW, bytes(32),
        )  # fmt: skip


def test_a_shard_that_is_not_the_manifests_is_refused(world: World, tmp_path: Path) -> None:
    manifest = write_shards(tmp_path / "stage", RELEASE)
    path = tmp_path / "stage" / manifest.shards[0].path
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(NotCertifiable):
        propose(
            world.office, RELEASE, manifest, make_facts(manifest.rows), tmp_path / "stage",
            signer("engineer-1"), NOW, bytes(32),
        )  # fmt: skip


def test_proposing_again_is_the_same_proposal_and_another_content_is_refused(world: World) -> None:
    first = world.propose()
    assert world.propose(now=NOW + DAY) == first
    with pytest.raises(ProposalDiffers):
        world.propose(purposes=("evaluation",))
    discard(world.office, RELEASE)
    assert world.propose(purposes=("evaluation",)) != first


def test_a_published_version_is_final(world: World) -> None:
    world.publish()
    first = sign(world.office, RELEASE, signer("officer-3"), NOW)
    assert first.published == world.office.published(RELEASE)  # signing again changes nothing
    assert first.approved_by == ("officer-1", "officer-2")
    assert world.propose() == first.certificate
    with pytest.raises(ProposalDiffers):
        world.propose(purposes=("evaluation",))


def test_what_was_not_proposed_cannot_be_signed(world: World) -> None:
    with pytest.raises(ProposalMissing):
        sign(world.office, RELEASE, signer("officer-1"), NOW)
    world.propose("other@1")
    with pytest.raises(ProposalMissing):
        sign(world.office, RELEASE, signer("officer-1"), NOW)
    with pytest.raises(ProposalMissing):
        discard(world.office, RELEASE)


def test_an_expired_proposal_is_not_published(world: World) -> None:
    world.propose(expires=NOW + 2 * DAY)
    sign(world.office, RELEASE, signer("officer-1"), NOW)
    with pytest.raises(Expired):
        sign(world.office, RELEASE, signer("officer-2"), NOW + 3 * DAY)
    assert not world.office.published(RELEASE).exists()


def test_an_officer_signs_nothing_that_lost_a_file(world: World) -> None:
    world.propose()
    (world.office.proposed(RELEASE) / "release" / "shards" / "press-00001.arrow").unlink()
    sign(world.office, RELEASE, signer("officer-1"), NOW)
    with pytest.raises(MissingFile):
        sign(world.office, RELEASE, signer("officer-2"), NOW)
    assert not world.office.published(RELEASE).exists()


class Killed(BaseException):
    """As if the process had died here."""


@pytest.mark.parametrize("point", ["write_atomic", "verify_directory", "store_list", "sync_folder"])
@pytest.mark.parametrize("after", [0, 1])
def test_a_crash_while_publishing_is_finished_by_signing_again(
    world: World, monkeypatch: pytest.MonkeyPatch, point: str, after: int
) -> None:
    world.propose()
    sign(world.office, RELEASE, signer("officer-1"), NOW)
    real, calls = getattr(issuing, point), []

    def dying(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) > after:
            raise Killed
        return real(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(issuing, point, dying)
        try:
            sign(world.office, RELEASE, signer("officer-2"), NOW)
        except Killed:
            assert calls
    done = sign(world.office, RELEASE, signer("officer-2"), NOW + DAY)
    assert done.published is not None
    verify_directory(done.published, world.root, now=NOW + DAY, revocations=[world.revocations])
    assert world.office.log.size() == 1  # logged once
    assert not world.office.proposed(RELEASE).exists()


def test_publishing_needs_a_current_revocation_list(world: World) -> None:
    world.propose()
    sign(world.office, RELEASE, signer("officer-1"), NOW)
    with pytest.raises(RevocationListStale):
        sign(world.office, RELEASE, signer("officer-2"), NOW + 31 * DAY)


def test_the_checkpoint_is_exported_before_anyone_can_read_the_release(world: World) -> None:
    folder = world.publish()
    [note] = sorted(world.office.checkpoints.glob("checkpoint-*"))
    assert note.read_bytes() == (folder / "log" / "checkpoint").read_bytes()


def test_the_certificate_names_no_certification_that_nobody_holds(world: World) -> None:
    envelope = json.loads((world.publish() / "certificate.dsse.json").read_bytes())
    text = base64.b64decode(envelope["payload"]).decode()
    assert "학습데이터 처리 확인서(자체 발행)" in text
    assert "인증" not in text


def test_a_root_that_cannot_reach_its_threshold_is_none() -> None:
    with pytest.raises(Malformed):
        make_root(threshold=4)
    with pytest.raises(Malformed, match="one key for two"):
        make_root(persons=(*make_root().persons, replace(make_root().persons[1], id="officer-9")))
