"""The revocation list: it only grows, it is renewed in time, and it takes the officers that the root asks for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from issuer_world import DAY, NOW, digest, make_root, signer

from damjang.certificates.dsse import Envelope
from damjang.certificates.errors import Malformed, RevocationListRolledBack, RevocationListStale
from damjang.certificates.revocation import REVOCATIONS_TYPE, Revocation, RevocationList
from damjang.certificates.verify import Seen, TrustedRelease, remember_revocations
from governance.errors import ListRefused, NotASigner, SignaturesMissing
from governance.revocations import PENDING, first_list, issue_list, next_list, read_list, store_list

ROOT = make_root()
FIRST = first_list(ROOT, [signer("officer-1")], NOW)


def entry(name: str, reason: str = "withdrawal") -> Revocation:
    return Revocation(digest(name), "korean-public@1", reason, NOW, "korean-public@2")


def test_a_list_only_grows_and_an_entry_never_changes() -> None:
    second = next_list(ROOT, FIRST, [entry("a")], [signer("officer-2")], NOW)
    third = next_list(ROOT, second, [entry("b"), entry("a", "error")], [signer("officer-1")], NOW + DAY)
    found = read_list(ROOT, third)
    assert (found.version, found.expires) == (3, NOW + 31 * DAY)
    assert {item.certificate: item.reason for item in found.revoked} == {
        digest("a"): "withdrawal", digest("b"): "withdrawal",
    }  # fmt: skip
    renewed = read_list(ROOT, next_list(ROOT, third, [], [signer("officer-1")], NOW + 90 * DAY))
    assert (renewed.version, renewed.revoked) == (4, found.revoked)  # an expired list can be renewed


def test_a_verifier_follows_versions_and_refuses_the_way_back() -> None:
    second = next_list(ROOT, FIRST, [entry("a")], [signer("officer-2")], NOW)
    seen = remember_revocations(Seen(), TrustedRelease(ROOT, NOW).update_revocations(second))
    with pytest.raises(RevocationListRolledBack):
        TrustedRelease(ROOT, NOW, seen).update_revocations(FIRST)
    shrunk = RevocationList(ROOT.id, 3, NOW, NOW + DAY, ())
    signed = Envelope(shrunk.to_bytes(), REVOCATIONS_TYPE).signed(signer("officer-1")).to_bytes()
    with pytest.raises(RevocationListRolledBack, match="takes back"):
        TrustedRelease(ROOT, NOW, seen).update_revocations(signed)
    with pytest.raises(RevocationListStale):
        TrustedRelease(ROOT, NOW + 30 * DAY, seen).update_revocations(second)


def test_it_takes_as_many_officers_as_the_root_asks_for() -> None:
    root = make_root(revocation_threshold=2)
    with pytest.raises(NotASigner, match="2 officers"):
        first_list(root, [signer("officer-1")], NOW)
    with pytest.raises(NotASigner, match="2 officers"):
        first_list(root, [signer("officer-1"), signer("officer-1")], NOW)
    first = first_list(root, [signer("officer-1"), signer("officer-3")], NOW)
    assert TrustedRelease(root, NOW).update_revocations(first).version == 1
    for name in ("engineer-1", "log", "stranger"):
        with pytest.raises(NotASigner):
            next_list(root, first, [], [signer("officer-1"), signer(name)], NOW)


def test_a_list_follows_only_from_a_good_one() -> None:
    other = first_list(make_root(id="f" * 32), [signer("officer-1")], NOW)
    damaged = FIRST[:-9] + b"A" + FIRST[-8:]
    later = first_list(ROOT, [signer("officer-1")], NOW + DAY)
    unsigned = Envelope(Envelope.from_bytes(FIRST, REVOCATIONS_TYPE, "x").payload, REVOCATIONS_TYPE).to_bytes()
    for bad in (other, damaged, later, unsigned, b""):
        with pytest.raises(ListRefused):
            next_list(ROOT, bad, [], [signer("officer-1")], NOW)


def test_an_older_list_is_not_stored_over_a_newer_one(tmp_path: Path) -> None:
    here, there = tmp_path / "trust" / "list", tmp_path / "releases" / "list"
    second = next_list(ROOT, FIRST, [entry("a")], [signer("officer-1")], NOW)
    store_list(second, there)
    with pytest.raises(ListRefused):
        store_list(FIRST, here, there)
    assert not here.exists()  # all or none
    store_list(second, here, there)
    assert here.read_bytes() == there.read_bytes() == second


@pytest.mark.parametrize(
    "change",
    [{"version": 0}, {"revoked": (entry("b"), entry("a"))}, {"revoked": (entry("a"), entry("a"))}, {"revoked": (entry("a", "mood"),)}],
)  # fmt: skip
def test_a_list_has_one_form(change: dict[str, object]) -> None:
    names = sorted(["a", "b"], key=digest)
    fields: dict[str, object] = {"root_id": ROOT.id, "version": 1, "issued": NOW, "expires": NOW + DAY, "revoked": ()}
    assert RevocationList(**fields | {"revoked": tuple(map(entry, names))}).to_bytes()  # type: ignore[arg-type]
    if "revoked" in change and len(change["revoked"]) == 2:  # type: ignore[arg-type]
        change = {"revoked": tuple(sorted(change["revoked"], key=lambda e: e.certificate, reverse=True))}  # type: ignore[call-overload]
    with pytest.raises(Malformed):
        RevocationList.from_bytes(RevocationList(**fields | change).to_bytes())  # type: ignore[arg-type]
    with pytest.raises(Malformed):
        RevocationList(ROOT.id, 1, NOW.replace(tzinfo=None), NOW + dt.timedelta(1), ()).to_bytes()


def test_officers_sign_one_after_another(tmp_path: Path) -> None:
    root = make_root(revocation_threshold=2)
    place, copy = tmp_path / "trust" / "list.json", tmp_path / "copy.json"
    first = first_list(root, [signer("officer-1"), signer("officer-2")], NOW)
    store_list(first, place)
    with pytest.raises(SignaturesMissing, match="1 of 2"):
        issue_list(root, place, [copy], [entry("a")], [signer("officer-1")], NOW + DAY)
    assert place.read_bytes() == first  # nobody sees it yet
    assert not copy.exists()
    with pytest.raises(SignaturesMissing, match="1 of 2"):  # the same person twice is one person
        issue_list(root, place, [copy], [entry("a")], [signer("officer-1")], NOW + DAY)
    with pytest.raises(NotASigner):
        issue_list(root, place, [copy], [entry("a")], [signer("engineer-1")], NOW + DAY)
    made = issue_list(root, place, [copy], [entry("a")], [signer("officer-3")], NOW + 2 * DAY)
    assert (made.version, made.issued) == (2, NOW + DAY)  # what the first officer signed, and no other list
    assert place.read_bytes() == copy.read_bytes()
    assert TrustedRelease(root, NOW + 2 * DAY).update_revocations(place.read_bytes()).version == 2
    assert [path.name for path in place.parent.iterdir()] == ["list.json"]


def test_a_waiting_list_that_does_not_fit_is_made_anew(tmp_path: Path) -> None:
    root, place = make_root(revocation_threshold=2), tmp_path / "list.json"
    store_list(first_list(root, [signer("officer-1"), signer("officer-2")], NOW), place)
    waiting = place.with_name(PENDING)

    def one(name: str, *entries: Revocation) -> None:
        with pytest.raises(SignaturesMissing, match="1 of 2"):
            issue_list(root, place, [], entries, [signer(name)], NOW)

    one("officer-1")
    one("officer-2", entry("a"))  # the waiting one does not revoke it: officer-1 has not agreed to this
    waiting.write_bytes(waiting.read_bytes().replace(b'"sig":"', b'"sig":"A', 1))
    one("officer-3", entry("a"))  # a signature that does not hold counts for nobody
    waiting.write_bytes(b"{}")
    one("officer-3", entry("a"))
    assert issue_list(root, place, [], [entry("a")], [signer("officer-1")], NOW).entry(entry("a").certificate)
