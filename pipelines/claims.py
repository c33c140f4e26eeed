"""What a certificate claims of a run, in the certificate's words; every sovereignty claim is marked for what it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from damjang.certificates.facts import Claim, DataClass, Facts, Gate, Obligation, SourceCounts
from governance.data_class import Cap, cap, claim
from governance.grounds import combine
from pipelines.dataset import Manifest
from pipelines.files import digest_of
from pipelines.pseudonyms import key_name, needs_key
from pipelines.stage import Run
from schemas.suites import suites_digest

STAGES = ("ingest", "refine", "dedup", "anonymize")


def facts_of(run: Run, gates: Sequence[Gate], supersedes: str | None, reviewed: bool = False) -> Facts:
    """Facts of a run whose gates hold. `reviewed`: the adequacy review (적정성 검토) of this release says 적정."""
    project = run.project
    shipped = shipped_of(run)
    return Facts(
        purposes=(project.purpose,),
        jurisdictions=tuple(sorted(project.jurisdictions)),
        recipients=recipients(run, shipped),
        obligations=_obligations(run, shipped),
        data_class=data_class(run, shipped, reviewed),
        law_version=run.facts["law_version"],
        gates=tuple(gates),
        consent_root=run.facts["consent_root"],
        decisions_root=decisions_root([run.manifests[name] for name in STAGES]),
        policy_digest=run.policy.digest,
        suite_digest=suites_digest(),
        sources=tuple(source_counts(run)),
        claims=claims(run),
        expires=_expires(run, shipped),
        supersedes=supersedes,
    )


def decisions_root(manifests: Sequence[Manifest]) -> str:
    """One digest over the keyed digests of every decision file of the run, in order of stage and part."""
    return digest_of([[m.stage, part.name, part.files["decisions"].digest] for m in manifests for part in m.parts])


def source_counts(run: Run) -> list[SourceCounts]:
    """Each source from end to end: in = shipped + dropped + quarantined anywhere on the road."""
    found = []
    per_stage = [run.manifests[name].by_source() for name in STAGES]
    for source in sorted(run.project.sources, key=lambda s: s.id):
        rows = [counts[source.id] for counts in per_stage if source.id in counts]
        if not rows:
            continue
        shipped = rows[-1]["kept"] + rows[-1]["changed"]
        untouched = min(shipped, rows[-1]["kept"])
        found.append(
            SourceCounts(
                source_id=source.id,
                licence=source.licence.id,
                ground=source.ground.id,
                jurisdiction=source.jurisdiction,
                custody=source.custody,
                destroy_by=source.destroy_by.isoformat() if source.destroy_by else None,
                documents=rows[0]["in"],
                kept=untouched,
                changed=shipped - untouched,
                dropped=sum(row["dropped"] for row in rows),
                quarantined=sum(row["quarantined"] for row in rows),
            )
        )
    return found


def shipped_of(run: Run) -> set[str]:
    """The sources that have a shard in this run's release."""
    return {shard["source_id"] for shard in run.manifests["assemble"].facts["shards"]}


def recipients(run: Run, shipped: set[str]) -> tuple[str, ...]:
    """The clusters that every shipped source's licence allows; `*` where none limits them, () where none may."""
    common = combine(told for source, told in run.facts["decisions"].items() if source in shipped)
    if common is None or common.recipients is None:
        return ("*",)
    return tuple(sorted(common.recipients))


def data_class(run: Run, shipped: set[str], reviewed: bool) -> DataClass:
    """The class that the release claims (governance.data_class). `reviewed`: persons passed its adequacy review."""
    grounds = {source.ground.id for source in run.project.sources if source.id in shipped}
    facts = run.manifests["anonymize"].facts
    told = [counts.get(source, {}) for counts in (facts["found"], facts["kept"]) for source in shipped]
    found = cap(run.policy, keys_survive=keys_survive(run), maps_survive=False, types={t for c in told for t in c})
    return claim(grounds, reviewed, class_cap(run), found)


def class_cap(run: Run) -> Cap:
    """The best class that this run's operators, its pseudonym key and its maps of documents to rows leave."""
    maps = bool(run.manifests["assemble"].side.get("rows"))
    return cap(run.policy, keys_survive=keys_survive(run), maps_survive=maps)


def keys_survive(run: Run) -> bool:
    """Whether the key behind the release's pseudonyms exists; a destroyed one is never made again under its name."""
    name = key_name(run.vault, run.project.release.name)
    return needs_key(run.policy) and run.vault.dataset_state(name) != "absent"


def _obligations(run: Run, shipped: set[str]) -> tuple[Obligation, ...]:
    owed: dict[str, list[str]] = {}
    for source, decision in sorted(run.facts["decisions"].items()):
        if source in shipped:
            for obligation in decision.obligations:
                owed.setdefault(obligation, []).append(source)
    return tuple(Obligation(name, tuple(sources)) for name, sources in sorted(owed.items()))


def _expires(run: Run, shipped: set[str]) -> dt.datetime:
    """The release's own term, or earlier: the first licence or retention of a shipped source to end."""
    ends = [run.now + dt.timedelta(days=run.project.release.valid_days)]
    for source in run.project.sources:
        if source.id in shipped:
            for day in (source.licence.expires, source.retention_until):
                if day is not None:
                    ends.append(dt.datetime(day.year, day.month, day.day, tzinfo=dt.timezone(dt.timedelta(hours=9))))
    return min(ends).astimezone(dt.UTC).replace(microsecond=0)


def claims(run: Run) -> tuple[Claim, ...]:
    """Sovereignty, each claim with how far it goes (design.md, Certificate)."""
    provider = [s.id for s in run.project.sources if s.custody == "provider"]
    detail = f"제공자 보관 출처 {len(provider)}곳은 제외" if provider else "모든 출처를 자체 보관"
    detector = run.manifests["ingest"].facts["detector"]
    return (
        Claim("art24-none-detected", f"고유식별정보 미검출 (detector {detector})", "measured"),
        Claim("domestic-jurisdiction", "pull은 확인서에 적힌 국가의 등록 클러스터에만 허용됨", "enforced"),
        Claim("cluster-location", "클러스터 위치는 운영자의 서명 진술", "attested"),
        Claim("no-egress", "처리 중 외부 호출 없음: 운영 환경의 진술이며 로그로 증명되지 않음", "attested"),
        Claim("input-destruction", detail, "not_covered"),
        Claim("trained-weights", "학습된 가중치는 이 확인서의 범위 밖", "not_covered"),
    )
