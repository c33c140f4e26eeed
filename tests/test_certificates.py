"""The parts of the certificate format, against their specifications' own vectors and against naive oracles."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import struct
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from issuer_world import NOW, make_root, signer

from damjang.certificates import merkle
from damjang.certificates.canonical import canonical, format_time, parse, parse_loose, parse_time
from damjang.certificates.dsse import IN_TOTO, Envelope, pae
from damjang.certificates.encoding import decode64, encode64
from damjang.certificates.errors import BadSignature, KeyRefused, LogProofInvalid, Malformed, TrustError, UnknownKey
from damjang.certificates.keys import PublicKey
from damjang.certificates.note import (
    Checkpoint,
    cosign,
    key_hash,
    sign_checkpoint,
    verify_checkpoint,
    verify_cosignature,
)
from damjang.certificates.signers import PASSPHRASE, signer_from_uri
from damjang.certificates.trust import Root
from governance.errors import KeyExists, KeyRoleUnknown
from governance.keys import make_root as root_of_keys
from governance.keys import new_key, read_public

# --- canonical JSON (RFC 8785) ---------------------------------------------------------------------------------------

RFC_8785_NUMBERS = {  # Appendix B
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555554": "333333333.33333325",
    "41b3de4355555555": "333333333.3333333",
    "41b3de4355555556": "333333333.3333334",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "text"), RFC_8785_NUMBERS.items())
def test_numbers_are_spelt_as_in_rfc_8785(bits: str, text: str) -> None:
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]) == text.encode()


def test_the_examples_of_rfc_8785() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    # §3.2.3: keys in the order of UTF-16 code units, in which an emoji comes before U+FB33
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert [value for value in json.loads(canonical(keys)).values()] == [2, 4, 6, 7, 1, 5, 3]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_canonical_bytes_read_back_and_only_they_do(value: object) -> None:
    data = canonical(value)
    assert parse(data, "x") == value
    with pytest.raises(Malformed):
        parse(data + b" ", "x")
    with pytest.raises(Malformed):
        parse(b"\n" + data, "x")


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_read_back(value: float) -> None:
    assert float(json.loads(canonical(value))) == value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 2**53, -(2**53), "\ud800", {"\udc00": 1}, {1: 2}, {1, 2}, b"bytes"]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(Malformed):
        canonical(value)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b'{"a":1,"a":1}', b'{"b":1,"a":2}', b'{"a": 1}', b"1.0", b"1e2", b"-0", b"01", b"NaN", b"Infinity", b"\xff",
        b"\xef\xbb\xbf{}", b'"\\u0041"', b'"\\/"', b"9007199254740993", b"1" * 5000, b"[" * 100_000, b"{}\n", b'"\\ud800"',
    ],
)  # fmt: skip
def test_what_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse(data, "x")


def test_people_may_lay_json_out_but_not_repeat_a_key() -> None:
    assert parse_loose(b'{ "b": 1,\n "a": 2 }\n', "x") == {"b": 1, "a": 2}
    with pytest.raises(Malformed, match="twice"):
        parse_loose(b'{"a": 1, "a": 2}', "x")


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T01:02:03",
        "2026-11-22 01:02:03Z",
        "2026-1-2T01:02:03Z",
        "2026-11-22T01:02:03+09:00",
        "2026-02-30T00:00:00Z",
        "２026-11-22T01:02:03Z",
    ],
)
def test_one_spelling_of_a_time(text: str) -> None:
    assert format_time(parse_time("2026-11-22T01:02:03Z", "x")) == "2026-11-22T01:02:03Z"
    with pytest.raises(Malformed):
        parse_time(text, "x")
    with pytest.raises(Malformed):
        format_time(dt.datetime(2026, 11, 22))


@given(st.binary(max_size=20))
def test_base64_has_one_spelling(data: bytes) -> None:
    assert decode64(encode64(data), "x") == data


@pytest.mark.parametrize("text", ["QQ", "QR==", "QQ=", "Q Q==", "QQ==\n", "-_8=", "QQ===", "ㅋ"])
def test_other_spellings_of_base64_are_refused(text: str) -> None:
    with pytest.raises(Malformed):
        decode64(text, "x")


# --- Merkle trees (RFC 9162) -----------------------------------------------------------------------------------------


def naive_root(entries: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, word for word."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


CT_ENTRIES = [bytes.fromhex(entry) for entry in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
)]  # fmt: skip
CT_ROOTS = [  # the test vectors that Certificate Transparency implementations share
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [merkle.leaf_hash(entry) for entry in CT_ENTRIES[:size]]
    assert merkle.root_of(leaves).hex() == CT_ROOTS[size - 1]


@pytest.mark.parametrize("size", [*range(34), 63, 64, 65, 127, 128, 129])
def test_roots_are_the_definitions(size: int) -> None:
    entries = [str(number).encode() for number in range(size)]
    assert merkle.root_of([merkle.leaf_hash(entry) for entry in entries]) == naive_root(entries)


@given(st.integers(1, 70), st.data())
def test_every_entry_has_an_inclusion_proof_and_no_other_entry_fits_it(size: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(size)]
    root, index = merkle.root_of(leaves), data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, merkle.subtree_of(leaves))
    merkle.verify_inclusion(index, size, leaves[index], proof, root)
    other = data.draw(st.integers(0, size))
    if other != index:
        with pytest.raises(LogProofInvalid):
            merkle.verify_inclusion(other, size, leaves[index], proof, root)
    for wrong in ([*proof, root], proof[:-1] if proof else [root]):
        with pytest.raises(LogProofInvalid):
            merkle.verify_inclusion(index, size, leaves[index], wrong, root)
    with pytest.raises(LogProofInvalid):
        merkle.verify_inclusion(index, size, merkle.leaf_hash(b"other"), proof, root)


@given(st.integers(1, 70), st.data())
def test_a_longer_log_is_consistent_with_its_own_past_and_no_other(new: int, data: st.DataObject) -> None:
    leaves = [merkle.leaf_hash(str(number).encode()) for number in range(new)]
    old = data.draw(st.integers(1, new))
    before, after = merkle.root_of(leaves[:old]), merkle.root_of(leaves)
    proof = merkle.consistency_proof(old, new, merkle.subtree_of(leaves))
    merkle.verify_consistency(old, new, proof, before, after)
    changed = list(leaves)
    changed[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"rewritten")
    with pytest.raises(LogProofInvalid):
        merkle.verify_consistency(old, new, proof, merkle.root_of(changed[:old]), after)
    with pytest.raises(LogProofInvalid):
        merkle.verify_consistency(old, new, proof, before, merkle.root_of(changed))
    with pytest.raises(LogProofInvalid):
        merkle.verify_consistency(old, new, [*proof, before], before, after)


def test_nodes_and_leaves_are_hashed_apart() -> None:
    left, right = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    assert merkle.leaf_hash(left + right) != merkle.node_hash(left, right)


# --- envelopes, notes, keys ------------------------------------------------------------------------------------------


def test_pae_is_the_specifications_example() -> None:
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_an_envelope_reads_back_and_knows_its_signers() -> None:
    keys = {signer(name).public.keyid: signer(name).public for name in "ab"}
    envelope = Envelope(b"{}", IN_TOTO).signed(signer("b")).signed(signer("a")).signed(signer("a"))
    assert Envelope.from_bytes(envelope.to_bytes(), IN_TOTO, "x") == envelope
    assert envelope.verify(keys) == set(keys)
    with pytest.raises(UnknownKey):
        envelope.verify({signer("a").public.keyid: signer("a").public})
    with pytest.raises(BadSignature):
        Envelope(b"{ }", IN_TOTO, envelope.signatures).verify(keys)
    with pytest.raises(BadSignature):
        Envelope(b"{}", "application/json", envelope.signatures).verify(keys)
    with pytest.raises(Malformed):
        Envelope.from_bytes(envelope.to_bytes(), "application/json", "x")


KEYS = {signer(name).public.keyid: signer(name).public for name in "ab"}
SIGNED = Envelope(canonical({"가": 1, "목적": "학습"}), IN_TOTO).signed(signer("a")).signed(signer("b"))


@settings(max_examples=300)
@given(st.integers(0, len(SIGNED.to_bytes()) - 1), st.integers(1, 255))
def test_no_byte_of_a_signed_file_can_change(place: int, flip: int) -> None:
    data = bytearray(SIGNED.to_bytes())
    data[place] ^= flip
    with pytest.raises(TrustError):
        Envelope.from_bytes(bytes(data), IN_TOTO, "x").verify(KEYS)


NOTE = sign_checkpoint(Checkpoint("damjang/world", 812, bytes(range(32))), signer("log"))


def test_a_checkpoint_reads_back() -> None:
    found = verify_checkpoint(NOTE, "damjang/world", signer("log").public)
    assert found == Checkpoint("damjang/world", 812, bytes(range(32)))
    with pytest.raises(UnknownKey):
        verify_checkpoint(NOTE, "damjang/world", signer("other").public)
    with pytest.raises(UnknownKey):
        verify_checkpoint(NOTE, "damjang/other", signer("log").public)


def test_key_hashes_are_those_of_signed_note() -> None:
    # C2SP signed-note's own example verifier key: PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW
    blob = decode64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "x")
    assert blob[0] == 1
    assert key_hash("PeterNeumann", PublicKey(blob[1:])).hex() == "c74f20a3"


def test_the_specifications_signed_note_verifies() -> None:
    text = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    line = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    key = PublicKey(decode64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "x")[1:])
    key.verify(decode64(line, "x")[4:], text)


@settings(max_examples=300)
@given(st.integers(0, len(NOTE) - 1), st.integers(1, 255))
def test_no_byte_of_a_checkpoint_can_change(place: int, flip: int) -> None:
    data = bytearray(NOTE)
    data[place] ^= flip
    with pytest.raises(TrustError):
        verify_checkpoint(bytes(data), "damjang/world", signer("log").public)


def test_a_witness_cosigns_with_its_time() -> None:
    both = cosign(NOTE, "witness/seoul", signer("witness"), NOW)
    assert verify_checkpoint(both, "damjang/world", signer("log").public).size == 812
    assert verify_cosignature(both, "witness/seoul", signer("witness").public) == NOW
    with pytest.raises(UnknownKey):
        verify_cosignature(NOTE, "witness/seoul", signer("witness").public)
    with pytest.raises(UnknownKey):
        verify_cosignature(both, "witness/seoul", signer("other").public)
    other = cosign(
        sign_checkpoint(Checkpoint("damjang/world", 813, bytes(32)), signer("log")),
        "witness/seoul",
        signer("witness"),
        NOW,
    )
    swapped = NOTE + other.split(b"\n\n", 1)[1].split(b"\n", 1)[1]  # its line under another checkpoint
    with pytest.raises(BadSignature):
        verify_cosignature(swapped, "witness/seoul", signer("witness").public)


def test_the_key_id_is_what_openssl_prints() -> None:
    key = signer("a")
    der = key.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert key.public.keyid == hashlib.sha256(der).hexdigest()


def test_new_keys_are_private_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "officer-1.key"
    made = new_key(path, "officer-1", "officer", NOW, {})
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_public(path.with_suffix(".pub")) == made
    assert signer_from_uri("file:keys/officer-1.key", tmp_path, {}).public == made.public
    assert signer_from_uri("env:KEY", environ={"KEY": path.read_text()}).public == made.public
    with pytest.raises(KeyExists):
        new_key(path, "officer-1", "officer", NOW, {})
    with pytest.raises(KeyRoleUnknown):
        new_key(tmp_path / "x.key", "officer-1", "boss", NOW, {})
    with pytest.raises(Malformed):
        new_key(tmp_path / "x.key", "홍길동", "officer", NOW, {})
    assert "PRIVATE" not in repr(signer_from_uri(f"file:{path}", environ={}))


def test_a_locked_key_needs_its_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    made = new_key(path, "officer-1", "officer", NOW, {PASSPHRASE: "열려라"})
    assert signer_from_uri(f"file:{path}", environ={PASSPHRASE: "열려라"}).public == made.public
    for environ in ({}, {PASSPHRASE: "wrong"}):
        with pytest.raises(KeyRefused):
            signer_from_uri(f"file:{path}", environ=environ)
    plain = tmp_path / "b.key"
    new_key(plain, "officer-2", "officer", NOW, {})
    assert signer_from_uri(f"file:{plain}", environ={PASSPHRASE: "unneeded"})


@pytest.mark.parametrize("uri", ["kms://a/b", "hsm:slot0", "officer.key", "file:none.key", "env:NONE", "file:."])
def test_other_keys_are_refused_loudly(tmp_path: Path, uri: str) -> None:
    with pytest.raises(KeyRefused) as refused:
        signer_from_uri(uri, tmp_path, {})
    assert refused.value.remedy or "PEM" in refused.value.message


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.key"
    new_key(path, "officer-1", "officer", NOW, {})
    path.chmod(0o640)
    with pytest.raises(KeyRefused, match="others can read"):
        signer_from_uri(f"file:{path}", environ={})


def test_a_root_is_put_together_from_public_keys_and_reads_back(tmp_path: Path) -> None:
    roles = [
        ("engineer-1", "engineer"),
        ("officer-1", "officer"),
        ("officer-2", "officer"),
        ("korean-public", "log"),
        ("seoul-1", "cluster"),
    ]
    keys = [new_key(tmp_path / f"{person}.key", person, role, NOW, {}) for person, role in roles]
    expires = NOW + dt.timedelta(days=700)
    root = root_of_keys(keys, root_id="0" * 32, organisation="기관", threshold=2, demo=False, expires=expires)
    assert Root.from_bytes(root.to_bytes()) == root
    assert Root.from_bytes(json.dumps(json.loads(root.to_bytes()), indent=2).encode()) == root
    assert (root.log_origin, [person.id for person in root.persons]) == (
        "damjang/korean-public",
        ["engineer-1", "officer-1", "officer-2"],
    )
    with pytest.raises(Malformed):
        root_of_keys(keys[:3], root_id="0" * 32, organisation="기관", threshold=2, demo=False, expires=expires)
    with pytest.raises(Malformed):
        root_of_keys(keys, root_id="0" * 32, organisation="기관", threshold=3, demo=False, expires=expires)


@pytest.mark.parametrize(
    "field", ["id", "version", "demo", "expires", "threshold", "persons", "log", "organisation", "format"]
)
def test_a_root_needs_every_field_and_knows_no_other(field: str) -> None:
    whole = json.loads(make_root().to_bytes())
    with pytest.raises(Malformed):
        Root.from_bytes(canonical({name: value for name, value in whole.items() if name != field}))
    with pytest.raises(Malformed):
        Root.from_bytes(canonical(whole | {"extra": 1}))
    with pytest.raises(Malformed):
        Root.from_bytes(canonical(whole | {field: []}))
