"""The demo corpus as it lies on disk: the same bytes again, readable by anyone, and gold that tells the truth."""

from __future__ import annotations

import ast
import csv
import datetime as dt
import hashlib
import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from demo_reading import gold, jaccard, records, stream

from damjang.demo.corpus import CorpusSummary, write_corpus
from damjang.demo.project import demo_project_yaml
from schemas.policy import entity_labels
from schemas.projectfile import load_project

DOCS = 700
AS_OF = dt.datetime(2026, 11, 22, tzinfo=dt.timezone(dt.timedelta(hours=9)))


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> CorpusSummary:
    return write_corpus(tmp_path_factory.mktemp("demo") / "corpus", DOCS, 7)


@pytest.fixture(scope="module")
def corpus(summary: CorpusSummary) -> Path:
    return summary.path


@pytest.fixture(scope="module")
def texts(corpus: Path) -> dict[tuple[str, str], str]:
    return {key: text for key, text, _ in records(corpus)}


def _digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_same_seed_same_bytes_other_seed_other_texts(tmp_path: Path) -> None:
    write_corpus(tmp_path / "a", 200, 3)
    write_corpus(tmp_path / "b", 200, 3)
    write_corpus(tmp_path / "c", 200, 4)
    first, again, other = (_digests(tmp_path / name) for name in "abc")
    assert first == again
    assert first.keys() == other.keys()
    assert {name for name in first if first[name] == other[name]} == {
        *(name for name in first if name.startswith("terms/")), "forum/posts-0.jsonl", "news/news-numbers.parquet", "gold/quality.jsonl",
    }  # fmt: skip


def test_bytes_are_those_that_were_agreed(tmp_path: Path) -> None:
    """Pins the generator across Pythons: only uncompressed files, so that pyarrow may change its compressors."""
    write_corpus(tmp_path / "c", 200, 1)
    plain = [*sorted((tmp_path / "c/statutes").glob("*")), *sorted((tmp_path / "c/forum").glob("*.jsonl"))]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in plain)).hexdigest()
    assert digest == PINNED


PINNED = "53aa6930851b8026221360fdccc686d8313a9545efa3684a0b2eb0a1a3c7ca21"


def test_refuses_a_folder_with_files_and_too_few_documents(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine")
    with pytest.raises(ValueError, match="not empty"):
        write_corpus(tmp_path, 200, 1)
    assert (tmp_path / "x").read_text() == "mine"
    with pytest.raises(ValueError, match="at least"):
        write_corpus(tmp_path / "few", 10, 1)


def test_every_document_can_be_read_and_is_counted(summary: CorpusSummary, texts: dict) -> None:
    assert summary.documents == len(texts) == DOCS
    assert {s: n.documents for s, n in summary.sources.items()} == Counter(source for source, _ in texts)
    assert set(summary.sources) == {"press", "kogl4", "forum", "news", "statutes"}


def test_twenty_thousand_documents_are_thirty_megabytes(summary: CorpusSummary) -> None:
    assert summary.text_bytes / summary.documents * 20_000 >= 30_000_000


def test_formats(corpus: Path) -> None:
    suffixes = {
        "".join(path.suffixes)
        for path in corpus.rglob("*")
        if path.is_file() and path.parent.name not in ("gold", "terms")
    }
    assert suffixes == {".jsonl.zst", ".jsonl", ".jsonl.gz", ".parquet", ".csv", ".txt"}


# --- personal information ------------------------------------------------------------------------------------

FORMS = {
    "RRN": r"\d{6} ?-? ?[1290]\d{6}",
    "ALIEN_REG": r"0\d{5}-[56]9[789]\d{4}",
    "PASSPORT": r"[MS]000[A-Z]\d{4}|[MS]0000\d{4}",
    "DRIVER_LICENCE": r"2[68]-[4-8]\d-\d{6}-\d\d",
    "CARD": r"(4000[- ]00|5555[- ]55)\d\d([- ]\d{4}){2}",
    "EMAIL": r"[a-z0-9._-]+@([a-z]+\.)?example\.(com|org|net)",
    "IP_ADDRESS": r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+|2001:db8::[0-9a-f:]+",
    "MAC_ADDRESS": r"00:00:5E:00:53:[0-9A-F]{2}",
    "VEHICLE_PLATE": r"\d{2,3}[가-힣] ?00\d\d",
    "POSTCODE": r"63[7-9]\d\d",
    "PHONE": r"0\d{1,2}-1\d\d-\d{4}",
    "PERSON": r"[가-힣]{2,4}",
    "CUSTOMS_CODE": r"P0[0-8]9\d{9}",
    "GEO_COORDINATE": r"37\.\d{4}, 130\.\d{4}",
    "AGE": r"\d{1,2}[세살]",
}


def test_spans_cut_out_what_they_say_and_nobody_real(corpus: Path, texts: dict) -> None:
    seen: Counter[str] = Counter()
    for row in gold(corpus, "pii"):
        text = texts[row["source_id"], row["record_key"]]
        end_before = 0
        for start, end, name in row["spans"]:
            assert end_before <= start < end <= len(text)
            end_before = end
            seen[name] += 1
            if name in FORMS:
                assert re.fullmatch(FORMS[name], unicodedata.normalize("NFKC", text[start:end])), name
            if name == "MOBILE" and not row["hard"]:
                assert re.fullmatch(
                    r"(010|\+82-10-)[01]\d{7}",
                    re.sub(r"(?<=\d)[-. ](?=[\d])", "", text[start:end]).replace("8210", "82-10-"),
                )
    assert set(seen) <= set(entity_labels())
    assert set(entity_labels()) - set(seen) == {"SEX_LIFE"}  # no invented sentence about that


def test_checksums_hold_so_that_detectors_must_find_them(corpus: Path, texts: dict) -> None:
    for row in gold(corpus, "pii"):
        for start, end, name in row["spans"]:
            digits = [int(d) for d in re.sub(r"\D", "", texts[row["source_id"], row["record_key"]][start:end])]
            if name == "RRN":
                total = sum(d * w for d, w in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False))
                assert (11 - total % 11) % 10 == digits[12]
                assert 97 <= digits[7] * 10 + digits[8] <= 99  # never issued
            elif name == "CARD":
                total = sum(d if i % 2 else d * 2 - 9 * (d > 4) for i, d in enumerate(digits))
                assert total % 10 == 0
            elif name == "BUSINESS_REG":
                total = (
                    sum(d * w for d, w in zip(digits, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=False)) + digits[8] * 5 // 10
                )
                assert (10 - total % 10) % 10 == digits[9]
                assert digits[:2] == [9, 9]


def test_gold_leaves_no_value_unmarked(corpus: Path, texts: dict) -> None:
    marked = {(row["source_id"], row["record_key"]): row["spans"] for row in gold(corpus, "pii")}
    values = re.compile(
        r"[a-z0-9._-]+@[a-z.]+[a-z]|\d{6}-\d{7}|01[01][-. ]\d{4}[-. ]\d{4}|0\d{1,2}-\d{3}-\d{4}|\d{4}-\d{4}-\d{4}-\d{4}"
    )
    hits = 0
    for key, text in texts.items():
        for match in values.finditer(text):
            hits += 1
            assert any(s <= match.start() and match.end() <= e for s, e, _ in marked.get(key, [])), key
    assert hits > 100


def test_unique_ids_come_last_and_never_in_duplicates(corpus: Path) -> None:
    unique = {"RRN", "ALIEN_REG", "PASSPORT", "DRIVER_LICENCE"}
    holders = set()
    for row in gold(corpus, "pii"):
        names = [name for _, _, name in row["spans"]]
        first = next((i for i, name in enumerate(names) if name in unique), None)
        if first is not None:
            holders.add((row["source_id"], row["record_key"]))
            assert all(name in unique for name in names[first:])
    assert len(holders) >= 4
    twins = {tuple(row[side]) for row in gold(corpus, "duplicates") for side in "ab"}
    assert not twins & holders


def test_unusual_names_are_among_them(corpus: Path, texts: dict) -> None:
    lengths = Counter(e - s for row in gold(corpus, "pii") for s, e, name in row["spans"] if name == "PERSON")
    assert set(lengths) == {2, 3, 4}
    assert lengths[3] > 5 * (lengths[2] + lengths[4])


# --- duplicates ----------------------------------------------------------------------------------------------


def test_pairs_have_the_similarity_that_is_claimed(corpus: Path, texts: dict) -> None:
    rows = gold(corpus, "duplicates")
    assert {"exact", "normalized", "near", "reprint", "below", "chain"} == {row["kind"] for row in rows}
    for row in rows:
        found = jaccard(texts[tuple(row["a"])], texts[tuple(row["b"])])
        assert found == row["shared"] / row["union"]
        assert row["jaccard"] == pytest.approx(found, abs=1e-6)
        assert row["expected"] == (found >= 0.8)
        if row["kind"] in ("exact", "normalized"):
            assert found == 1
        if row["kind"] == "exact":
            assert texts[tuple(row["a"])] == texts[tuple(row["b"])]
        if row["kind"] == "below":
            assert 0.3 < found < 0.8
        if row["kind"] == "reprint":
            assert {row["a"][0], row["b"][0]} <= {"press", "news"}
    assert any(row["a"][0] != row["b"][0] and row["expected"] for row in rows)


def test_chains_drift(corpus: Path) -> None:
    """Some chain holds together by its neighbours only: a path of pairs above .8 joins two documents far below it."""
    links: dict[tuple, set[tuple]] = {}
    apart = []
    for row in gold(corpus, "duplicates"):
        if row["kind"] == "chain":
            a, b = tuple(row["a"]), tuple(row["b"])
            if row["expected"]:
                links.setdefault(a, set()).add(b)
                links.setdefault(b, set()).add(a)
            elif row["jaccard"] < 0.7:
                apart.append((a, b))
    joined = 0
    for a, b in apart:
        reached, todo = {a}, [a]
        while todo:
            todo += [n for n in links.get(todo.pop(), ()) if n not in reached and not reached.add(n)]
        joined += b in reached
    assert joined


def test_what_is_not_planted_is_unlike(texts: dict, corpus: Path) -> None:
    """Every pair of the forum, the press and the news, by brute force: near-duplicates are planted, not an accident."""
    planted = {frozenset((tuple(r["a"]), tuple(r["b"]))) for r in gold(corpus, "duplicates")}
    family = {key for pair in planted for key in pair}
    sets = {
        key: {hash(w) & 0xFFFFFFFF for w in _windows(text)}
        for key, text in texts.items()
        if key not in family and len(text) > 30
    }
    worst: Counter[str] = Counter()
    keys = sorted(sets)
    for i, a in enumerate(keys):
        for b in keys[i + 1 :]:
            if a[0] == b[0]:
                shared = len(sets[a] & sets[b])
                worst[a[0]] = max(worst[a[0]], 1000 * shared // (len(sets[a]) + len(sets[b]) - shared))
    assert worst["press"] < 500
    assert worst["news"] < 500
    assert worst["forum"] < 600
    assert worst["statutes"] < 600


def _windows(text: str) -> set[str]:
    return {text[i : i + 5] for i in range(len(text) - 4)}


# --- consents, children, broken records ----------------------------------------------------------------------


def test_consent_states_follow_from_the_file(corpus: Path) -> None:
    authors = {key: fields["author"] for key, _, fields in records(corpus) if key[0] == "forum"}
    rows: dict[str, list[dict]] = {}
    for row in csv.DictReader((corpus / "consents.csv").open(encoding="utf-8", newline="")):
        rows.setdefault(row["subject"], []).append(row)
    notice = hashlib.sha256((corpus / "terms/consent-notice.txt").read_bytes()).hexdigest()
    states = Counter()
    for row in gold(corpus, "consents"):
        author = authors[row["source_id"], row["record_key"]]
        expected = _state([c for c in rows.get(author, []) if c["purpose"] == "pretraining"])
        assert all(c["notice_sha256"] == notice for c in rows.get(author, []))
        states[row["state"]] += 1
        if expected == "missing":
            assert row["state"] in ("missing", "other_purpose")
            assert bool(rows.get(author)) == (row["state"] == "other_purpose")
        else:
            assert row["state"] == expected or (expected, row["state"]) == ("given", "child_undeclared")
    assert len(states) == 8
    assert states["given"] > 0.8 * states.total()


def _state(consents: list[dict]) -> str:
    """What a reader of the law would say of one person's rows on the as-of date."""
    best = "missing"
    for row in consents:
        if row["withdrawn_at"] and dt.datetime.fromisoformat(row["withdrawn_at"]) <= AS_OF:
            best = "withdrawn"
        elif row["valid_until"] and dt.datetime.fromisoformat(row["valid_until"]) < AS_OF:
            best = "expired"
        elif "child" in row["flags"].split(";"):
            return "child_with_guardian" if row["guardian_ref"] else "child_without_guardian"
        else:
            return "given"
    return best


def test_children_say_so(corpus: Path, texts: dict) -> None:
    rows = gold(corpus, "children")
    assert {row["consent"] for row in rows if row["signal"] == "author"} == {
        "child_with_guardian",
        "child_without_guardian",
        "child_undeclared",
    }
    assert any(row["signal"] == "mention" for row in rows)
    for row in rows:
        assert re.search(r"초등|초\d|중1|\d+살", texts["forum", row["record_key"]])


def test_broken_records_stand_where_the_gold_says(corpus: Path) -> None:
    rows = gold(corpus, "broken")
    reasons = {row["reason"] for row in rows}
    assert reasons == {
        "malformed_json", "bad_encoding", "missing_text", "nul_bytes", "text_not_string", "not_an_object", "lone_surrogate",
        "duplicate_key", "csv_malformed", "truncated_stream", "empty_file",
    }  # fmt: skip
    checked = 0
    for row in rows:
        path = corpus / row["path"]
        if row["scope"] == "file" or path.suffix == ".parquet":
            continue
        data = stream(path)[row["offset"] : row["offset"] + row["length"]]
        checked += 1
        if row["reason"] == "truncated_stream":
            assert row["offset"] + row["length"] == len(stream(path))
            assert b"\n" not in data
            continue
        assert stream(path)[row["offset"] - 1 : row["offset"]] == b"\n"
        assert stream(path)[row["offset"] + row["length"] :][:1] == b"\n"
        if row["reason"] == "nul_bytes":
            assert b"\0" in data
        elif row["reason"] == "bad_encoding":
            with pytest.raises(UnicodeDecodeError):
                data.decode("utf-8")
        elif row["reason"] == "malformed_json":
            with pytest.raises(json.JSONDecodeError):
                json.loads(data)
        elif path.suffix == ".csv":
            assert (len(next(csv.reader([data.decode()]))) == 4) == (row["reason"] == "duplicate_key")
        else:
            record = json.loads(data)
            if row["reason"] == "missing_text":
                assert "text" not in record
            elif row["reason"] == "text_not_string":
                assert isinstance(record["text"], int)
            elif row["reason"] == "not_an_object":
                assert isinstance(record, list)
    assert checked > 10


# --- the project ---------------------------------------------------------------------------------------------


def test_the_project_file_is_valid_and_names_files_that_exist(corpus: Path) -> None:
    path = corpus.parent / "project.yaml"
    path.write_text(demo_project_yaml(corpus.name), encoding="utf-8")
    project = load_project(path)
    assert project.demo
    assert project.as_of == dt.date(2026, 11, 22)
    assert project.unit_bytes == 4 << 20
    assert len({source.licence.id for source in project.sources}) >= 4
    assert len({source.ground.id for source in project.sources}) >= 4
    for source in project.sources:
        assert any(list(project.root.glob(pattern)) for pattern in source.paths)
        for name in (source.licence.terms, source.ground.evidence):
            assert name is None or (project.root / name).is_file()
    assert all((project.root / name).is_file() for name in project.consents)


def test_the_demo_imports_nothing_of_ours() -> None:
    for path in Path(__file__).parent.parent.joinpath("damjang/demo").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            for name in names:
                assert name.split(".")[0] not in (
                    "schemas",
                    "ext",
                    "anonymizers",
                    "governance",
                    "pipelines",
                    "airflow_dags",
                )
                assert not name.startswith("damjang") or name.startswith("damjang.demo")
