"""Pull and load: what a trainer does, and everything that must stop them."""

from __future__ import annotations

import datetime as dt
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from issuer_world import DAY, NOW, World, cluster, make_root, signer

import damjang
from damjang.certificates import errors
from damjang.certificates.dsse import Envelope
from damjang.certificates.receipt import Cluster, Receipt
from damjang.certificates.revocation import Revocation
from damjang.certificates.trust import ROOT_TYPE, Person
from damjang.client.errors import CopyFailed, NotPinned, PositionRefused, ReleaseAbsent, StateUnusable
from damjang.client.load import Loader, Position
from damjang.client.pull import Pulled, pull, refresh
from damjang.client.state import State
from governance.revocations import next_list, store_list

RELEASE = "korean-public@1"


class Trainer:
    """A cluster of somebody else: its own state, its own folder, only the issuer's files in common."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world, self.state, self.to = world, State(folder / "state"), folder / "pulled"

    def pull(self, release: str = RELEASE, now: dt.datetime = NOW, **changes: object) -> Pulled:
        asked: dict[str, object] = {
            "purpose": "pretraining",
            "cluster": cluster(),
            "signer": signer("seoul-1"),
            "trust": self.world.office.trust,
            "state": self.state,
            "now": now,
        }
        return pull(self.world.office.releases, release, self.to, **(asked | changes))  # type: ignore[arg-type]

    def open(self, now: dt.datetime = NOW, **options: object) -> Loader:
        asked: dict[str, object] = {"purpose": "pretraining", "state": self.state, "clock": lambda: now}
        return damjang.open(self.to, **(asked | options))  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "issuer").mkdir()
    world = World(tmp_path / "issuer")
    world.publish()
    return world


@pytest.fixture
def trainer(world: World, tmp_path: Path) -> Trainer:
    return Trainer(world, tmp_path / "trainer")


def revoke(world: World, certificate: str, now: dt.datetime = NOW) -> None:
    entry = Revocation(certificate, RELEASE, "withdrawal", now, "korean-public@2")
    made = next_list(world.root, world.revocations, [entry], [signer("officer-1")], now)
    store_list(made, world.office.revocations, world.office.releases / "revocations.dsse.json")


def test_pull_then_load_gives_every_row_of_the_release(trainer: Trainer, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    done = trainer.pull(progress=lambda part, total: seen.append((part, total)), receipts=tmp_path / "receipts")
    assert (done.copied, done.kept) == (2, 0)
    assert seen[-1] == (done.verified.manifest.size,) * 2
    rows = [row for batch in trainer.open() for row in batch.to_pylist()]
    assert len(rows) == done.verified.statement.rows
    source = trainer.world.office.published(RELEASE) / "shards"
    wanted = [row for path in sorted(source.iterdir()) for row in pa.ipc.open_file(path).read_all().to_pylist()]
    assert rows == wanted
    [copy] = (tmp_path / "receipts").iterdir()
    receipt = Receipt.verify(copy.read_bytes(), cluster())
    assert (receipt.release, receipt.purpose, receipt.obligations) == (RELEASE, "pretraining", ("attribution",))
    assert receipt.certificate == done.verified.certificate


def test_import_damjang_is_light_and_pull_and_load_need_only_certificates() -> None:
    script = (
        "import sys, damjang; assert not [m for m in sys.modules if m.startswith('damjang.')], sys.modules;"
        "damjang.open; import damjang.client.pull;"
        "heavy = {'apache_beam','sqlalchemy','presidio_analyzer','great_expectations','pydantic','yaml','governance',"
        "'schemas','pipelines','ext','anonymizers'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_second_pull_copies_nothing(trainer: Trainer) -> None:
    trainer.pull()
    again = trainer.pull(now=NOW + DAY)
    assert (again.copied, again.kept) == (0, 2)


def test_a_pull_that_was_cut_short_is_resumed(trainer: Trainer) -> None:
    trainer.pull()
    shards = sorted((trainer.to / "shards").iterdir())
    shards[1].rename(shards[1].with_name(".damjang-pull-" + shards[1].name))
    (trainer.to / "receipt.json").unlink()
    with pytest.raises(errors.ReceiptMissing):
        trainer.open()
    done = trainer.pull()
    assert (done.copied, done.kept) == (1, 1)
    assert len(list(trainer.open())) == 6


def test_a_disk_that_fills_leaves_what_is_finished(tmp_path: Path) -> None:
    (tmp_path / "issuer").mkdir()
    world = World(tmp_path / "issuer", rows=400)  # shards larger than any metadata
    sizes = [path.stat().st_size for path in (world.publish() / "shards").iterdir()]
    trainer = Trainer(world, tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (min(sizes) - 1, hard))
        with pytest.raises(CopyFailed, match="pull again"):
            trainer.pull()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not list((trainer.to / "shards").iterdir())
    assert trainer.pull().copied == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"purpose": "evaluation"}, errors.WrongPurpose),
        ({"cluster": cluster(country="US")}, errors.WrongJurisdiction),
        ({"signer": signer("somebody")}, errors.UnknownKey),
        ({"now": NOW + 181 * DAY}, errors.RevocationListStale),
        ({"release": "korean-public@2"}, ReleaseAbsent),
        ({"release": "../etc"}, errors.Malformed),
    ],
)
def test_what_may_not_be_used_is_not_copied(
    trainer: Trainer, change: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        trainer.pull(**change)  # type: ignore[arg-type]
    assert not trainer.to.exists()


def test_only_named_recipients(tmp_path: Path) -> None:
    (tmp_path / "issuer").mkdir()
    world = World(tmp_path / "issuer")
    world.publish(recipients=("busan-1",))
    with pytest.raises(errors.WrongRecipient):
        Trainer(world, tmp_path).pull()
    busan = Cluster("busan-1", "테스트 운영자", "KR", signer("seoul-1").public)
    assert Trainer(world, tmp_path).pull(cluster=busan).receipt.cluster == busan


def test_a_release_under_anothers_name_is_refused(trainer: Trainer) -> None:
    releases = trainer.world.office.releases
    shutil.copytree(releases / RELEASE, releases / "korean-public@2")
    with pytest.raises(errors.WrongRelease):
        trainer.pull("korean-public@2")


def test_a_shard_altered_at_the_source_is_never_named(trainer: Trainer) -> None:
    path = trainer.world.office.published(RELEASE) / "shards" / "press-00001.arrow"
    data = bytearray(path.read_bytes())
    data[100] ^= 1
    path.unlink()
    path.write_bytes(data)
    with pytest.raises(errors.DigestMismatch):
        trainer.pull()
    assert [path.name for path in (trainer.to / "shards").iterdir()] == ["press-00000.arrow"]
    with pytest.raises(errors.ReceiptMissing):
        trainer.open()


def test_a_folder_that_holds_something_else_is_left_alone(trainer: Trainer) -> None:
    trainer.to.mkdir(parents=True)
    (trainer.to / "thesis.txt").write_text("only copy")
    with pytest.raises(errors.ExtraFile):
        trainer.pull()
    assert (trainer.to / "thesis.txt").read_text() == "only copy"


def test_two_releases_do_not_mix_in_one_folder(trainer: Trainer) -> None:
    trainer.pull()
    trainer.world.publish("korean-public@2", supersedes=RELEASE)
    with pytest.raises(errors.WrongRelease):
        trainer.pull("korean-public@2")


# --- loading ---------------------------------------------------------------------------------------------------------


def rows(batches: Iterator[pa.RecordBatch]) -> list[bytes]:
    return [row for batch in batches for row in batch.column("row_id").to_pylist()]


@pytest.mark.parametrize("taken", range(7))
def test_resuming_anywhere_gives_exactly_the_rest(trainer: Trainer, taken: int) -> None:
    trainer.pull()
    whole = rows(trainer.open())
    loader = trainer.open()
    first = rows(next(loader) for _ in range(taken))
    again = trainer.open(resume=Position.from_json(loader.position.to_json()))
    assert first + rows(again) == whole
    assert list(again) == []


def test_ranks_share_the_shards_without_overlap(trainer: Trainer) -> None:
    trainer.pull()
    shares = [rows(trainer.open(rank=rank, world=3)) for rank in range(3)]
    assert sorted(row for share in shares for row in share) == sorted(rows(trainer.open()))
    assert shares[2] == []


def test_a_position_of_something_else_is_refused(trainer: Trainer) -> None:
    trainer.pull()
    position = trainer.open(rank=0, world=2).position
    for options in ({}, {"rank": 1, "world": 2}):
        with pytest.raises(PositionRefused):
            trainer.open(resume=position, **options)
    with pytest.raises(PositionRefused):
        Position.from_json('{"root": "x", "shard": -1, "batch": 0}')
    with pytest.raises(PositionRefused):
        trainer.open(rank=2, world=2)


def test_batches_are_mapped_not_copied(trainer: Trainer) -> None:
    trainer.pull()
    before = pa.total_allocated_bytes()
    kept = list(trainer.open())
    assert sum(batch.nbytes for batch in kept) > 0
    assert pa.total_allocated_bytes() == before


def test_open_needs_the_purpose_of_the_pull(trainer: Trainer) -> None:
    trainer.pull()
    with pytest.raises(errors.WrongPurpose):  # certified for it, but not pulled for it
        trainer.open(purpose="research")


def test_open_refuses_a_release_that_was_not_pulled(trainer: Trainer) -> None:
    with pytest.raises(errors.ReceiptMissing):
        damjang.open(trainer.world.office.published(RELEASE), purpose="pretraining", state=trainer.state)


def test_open_needs_a_pinned_root(trainer: Trainer, tmp_path: Path) -> None:
    trainer.pull()
    with pytest.raises(NotPinned):
        trainer.open(state=State(tmp_path / "fresh"))
    assert list(trainer.open(state=State(tmp_path / "fresh"), trust=trainer.world.office.trust))


def test_a_shard_changed_between_two_batches_is_found_at_its_start(trainer: Trainer) -> None:
    trainer.pull()
    loader = trainer.open()
    next(loader)
    path = trainer.to / "shards" / "press-00001.arrow"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    next(loader), next(loader)
    with pytest.raises(errors.DigestMismatch):
        next(loader)


def test_a_revocation_stops_a_running_loader_at_the_next_shard(trainer: Trainer) -> None:
    done = trainer.pull()
    loader = trainer.open()
    next(loader)
    revoke(trainer.world, done.verified.certificate)
    refresh(trainer.world.office.releases / "revocations.dsse.json", trainer.world.office.trust, trainer.state, NOW)
    next(loader), next(loader)
    with pytest.raises(errors.Revoked, match="korean-public@2 supersedes"):
        next(loader)
    with pytest.raises(errors.Revoked):
        trainer.open()
    with pytest.raises(errors.Revoked):
        trainer.pull()


def test_a_loader_stops_when_the_list_runs_out(trainer: Trainer) -> None:
    trainer.pull()
    times = iter([NOW, NOW, NOW + 31 * DAY, NOW + 31 * DAY])
    loader = trainer.open(clock=lambda: next(times))
    for _ in range(3):
        next(loader)
    with pytest.raises(errors.RevocationListStale):
        next(loader)


# --- memory: rollback and freeze ---------------------------------------------------------------------------------------


def test_an_old_list_does_not_come_back(trainer: Trainer) -> None:
    old = trainer.world.revocations
    done = trainer.pull()
    revoke(trainer.world, done.verified.certificate)
    place = trainer.world.office.releases / "revocations.dsse.json"
    refresh(place, trainer.world.office.trust, trainer.state, NOW)
    place.write_bytes(old)  # somebody serves the list of before
    with pytest.raises(errors.RevocationListRolledBack):
        refresh(place, trainer.world.office.trust, trainer.state, NOW)
    with pytest.raises(errors.Revoked):  # and the newest one that was seen still counts
        trainer.pull()
    (trainer.state.folder / trainer.world.root.id / "revocations.dsse.json").unlink()
    with pytest.raises(errors.RevocationListRolledBack):
        trainer.open()


def test_a_clock_that_is_set_back_is_found(trainer: Trainer) -> None:
    trainer.pull(now=NOW + DAY)
    with pytest.raises(errors.ClockWentBack):
        trainer.open(now=NOW)
    assert list(trainer.open(now=NOW + DAY - dt.timedelta(minutes=5)))  # within the skew of two clocks


def test_a_damaged_memory_is_not_taken_for_an_empty_one(trainer: Trainer) -> None:
    trainer.pull()
    seen = trainer.state.folder / trainer.world.root.id / "seen.json"
    seen.write_bytes(seen.read_bytes()[:-2])
    with pytest.raises(StateUnusable):
        trainer.open()


def test_a_swapped_root_is_refused_and_a_signed_succession_accepted(trainer: Trainer) -> None:
    trainer.pull()
    world, path = trainer.world, trainer.world.office.trust
    thief = (
        Person("engineer-1", ("engineer",), (signer("t1").public,)),
        Person("officer-1", ("officer",), (signer("t2").public,)),
    )
    for version in (1, 2):
        path.write_bytes(make_root(version=version, persons=thief, threshold=1).to_bytes())
        with pytest.raises(errors.RootRolledBack):
            trainer.pull()
    new = make_root(version=2, expires=NOW + 900 * DAY)
    path.write_bytes(new.to_bytes())
    sealed = Envelope(new.to_bytes(), ROOT_TYPE).signed(signer("officer-1"))
    succession = path.with_name("root.2.dsse.json")
    succession.write_bytes(sealed.to_bytes())
    with pytest.raises(errors.ThresholdNotReached):
        trainer.pull()
    succession.write_bytes(sealed.signed(signer("officer-2")).to_bytes())
    assert trainer.pull().verified.root == new
    path.write_bytes(world.root.to_bytes())  # and never back
    with pytest.raises(errors.RootRolledBack):
        trainer.pull()
