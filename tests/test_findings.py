"""resolve(): what the greedy choice promises, against an oracle that compares every pair."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from anonymizers.entities import rank
from anonymizers.findings import Finding, _preference, resolve

LABELS = ("RRN", "MOBILE", "BANK_ACCOUNT", "CARD", "CORPORATE_REG", "PERSON", "ADDRESS")
FINDINGS = st.lists(
    st.builds(
        lambda doc, start, length, label, score, action: Finding(doc, start, start + length, label, score, (), action),
        st.integers(0, 1),
        st.integers(0, 40),
        st.integers(0, 12),
        st.sampled_from(LABELS),
        st.sampled_from((300_000, 500_000, 650_000, 700_000, 860_000, 900_000)),
        st.sampled_from(("", "", "", "RRN")),
    ),
    max_size=14,
)


def naive(findings: list[Finding]) -> list[Finding]:
    """The same choice over all findings, every pair compared."""
    kept: list[Finding] = []
    real = [f for f in findings if f.start < f.end]
    real.sort(key=lambda f: (f.doc, f.start, f.end))
    for f in sorted(real, key=lambda f: (*_preference(f), f.start)):
        over = [k for k in kept if k.doc == f.doc and f.start < k.end and k.start < f.end]
        if not over:
            kept.append(f)
        for k in over:
            if rank(f.action) < rank(k.action):
                start, end = min(f.start, k.start), max(f.end, k.end)
                others = [o for o in kept if o is not k and o.doc == k.doc]
                if any(start < o.end and o.start < end for o in others):
                    start, end = k.start, k.end
                kept[kept.index(k)] = k._replace(
                    start=start, end=end, action_type=f.action, evidence=(*k.evidence, f"also:{f.type}")
                )
    return sorted(kept, key=lambda f: (f.doc, f.start, f.end, f.type))


@given(FINDINGS)
def test_the_choice_is_the_naive_one_and_disjoint(findings: list[Finding]) -> None:
    settled = resolve(findings)
    assert settled == naive(findings)
    assert all(a.doc < b.doc or a.end <= b.start for a, b in pairwise(settled))


def test_a_chain_as_long_as_a_text() -> None:
    chain = [Finding(0, i, i + 40, "RRN", 650_000) for i in range(30_000)]
    assert [f.start for f in resolve(chain)] == list(range(0, 30_000, 40))
