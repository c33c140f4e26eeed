"""The demo's project file and the terms snapshots of its sources, as text, so that the comments stay."""

from __future__ import annotations

AS_OF = "2026-11-22"

_TEMPLATE = """\
# The demo project: five generated sources, each with its own licence and ground. Paths are relative to this folder.
damjang: 1
name: {name}
demo: true                   # one person holds all keys: nothing certified here may be called more than a demonstration
purpose: pretraining         # pretraining | fine-tuning | evaluation | research
jurisdictions: [KR]
as_of: {as_of}            # consents, licences and the law are judged on this day, never by the clock
policy: {policy}
release: {{name: {release}, valid_days: 180}}

sources:
  # Press releases of invented towns: KOGL type 1 asks for attribution. Officials' names rest on 15(1)6.
  - id: press
    provider: 한빛권역 보도자료 모음
    licence: {{id: KOGL-1, terms: {corpus}/terms/press.txt}}
    ground: {{id: legitimate_interest, evidence: {corpus}/terms/press-balancing.txt}}
    paths: ["{corpus}/press/*.jsonl.zst"]
    format: jsonl
    record_key: id

  # KOGL type 4 forbids changes, and masking is a change: this source must be refused.
  - id: kogl4
    provider: 다온정책연구원
    licence: {{id: KOGL-4, terms: {corpus}/terms/kogl4.txt}}
    ground: {{id: legitimate_interest, evidence: {corpus}/terms/kogl4-balancing.txt}}
    paths: ["{corpus}/kogl4/*.txt"]
    format: text

  # Forum posts: each person's consent counts (15(1)1, 22), and a guardian's for children under 14 (22-2).
  - id: forum
    provider: 한빛이웃
    licence: {{id: CONTRACT, terms: {corpus}/terms/forum.txt}}
    ground: {{id: consent, evidence: {corpus}/terms/consent-notice.txt}}
    custody: provider
    destroy_by: 2028-12-31
    paths: ["{corpus}/forum/*.jsonl", "{corpus}/forum/*.jsonl.gz"]
    format: jsonl
    record_key: id
    subjects: [author]       # columns with the provider's user ids, as the consent file knows them

  # News under a contract that ends: after that day nothing of it may be used.
  - id: news
    provider: 가온뉴스뱅크
    licence: {{id: CONTRACT, terms: {corpus}/terms/news.txt, expires: 2027-06-30}}
    ground: {{id: compatible_use, evidence: {corpus}/terms/news-checklist.txt}}
    retention_until: 2027-06-30
    paths: ["{corpus}/news/*.parquet"]
    format: parquet
    record_key: article_id
    text: body

  # Ordinances are not protected (Copyright Act Art. 7) and are about nobody.
  - id: statutes
    provider: 한빛권역 자치법규
    licence: {{id: PUBLIC-WORK, terms: {corpus}/terms/statutes.txt}}
    ground: {{id: not_personal}}
    paths: ["{corpus}/statutes/*.csv"]
    format: csv
    record_key: law_id

consents: [{corpus}/consents.csv]

output: out
ledger: sqlite:///ledger.db
vault: vault/vault.db
vault_key: file:vault/vault.key
clusters: clusters.yaml
signing: {{trust: trust/root.json, threshold: {threshold}}}

unit_bytes: 4MiB             # how much of a file one process() call reads
shard_bytes: 64MiB
workers: {workers}
"""


def demo_project_yaml(
    corpus: str = "corpus",
    *,
    name: str = "demo",
    release: str = "demo-ko",
    policy: str = "pretraining-public",
    as_of: str = AS_OF,
    workers: int = 1,
    threshold: int = 2,
) -> str:
    """The text of project.yaml; `corpus` is the corpus folder as seen from the folder that holds the project file."""
    return _TEMPLATE.format(
        corpus=corpus, name=name, release=release, policy=policy, as_of=as_of, workers=workers, threshold=threshold
    )


TERMS: dict[str, str] = {
    "press.txt": """공공누리 제1유형: 출처표시 (시연용으로 지어낸 이용조건 사본)

대상: 한빛권역 지방자치단체 보도자료
1. 출처를 표시하면 상업적 이용과 변경이 가능합니다.
2. 변경에는 개인정보를 가리는 처리가 포함됩니다.
""",
    "press-balancing.txt": """이익형량 평가서 (개인정보 보호법 제15조제1항제6호, 시연용)

처리: 공개된 보도자료의 사전학습 이용. 개인정보: 담당 공무원의 이름과 사무실 연락처.
1. 목적의 정당성: 한국어 언어 모델의 학습.
2. 필요성: 보도자료 문체의 학습에 본문이 필요하고, 이름과 연락처는 가린다.
3. 형량: 공개된 직무상 정보이며 가림 처리 후 이용하므로 정보주체의 권리보다 명백히 우선한다.
결론: 적정.
""",
    "kogl4.txt": """공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지 (시연용으로 지어낸 이용조건 사본)

대상: 다온정책연구원 연구보고서
1. 출처를 표시하고 비상업적으로만, 변경 없이 이용할 수 있습니다.
""",
    "kogl4-balancing.txt": """이익형량 평가서 (개인정보 보호법 제15조제1항제6호, 시연용)

처리: 공개된 연구보고서의 사전학습 이용. 결론: 적정. 이용허락 조건은 따로 판단한다.
""",
    "forum.txt": """한빛이웃 게시글 제공 계약서 (시연용)

제1조 한빛이웃은 학습 이용에 동의한 회원의 게시글을 제공한다.
제2조 받은 자는 동의를 철회한 회원의 글을 지체 없이 파기한다.
제3조 받은 자는 원본을 2028년 12월 31일까지 파기한다.
""",
    "news.txt": """가온뉴스뱅크 기사 이용 계약서 (시연용)

제1조 기사 본문을 언어 모델의 학습에 이용하고, 이를 위하여 가공할 수 있다.
제2조 기사 본문을 제3자에게 판매할 수 없다.
제3조 계약 기간은 2027년 6월 30일까지로 하며, 기간이 끝나면 이용을 멈추고 파기한다.
""",
    "news-checklist.txt": """추가적 이용 판단 점검표 (개인정보 보호법 제15조제3항, 시행령 제14조의2, 시연용)

1. 당초 수집 목적과의 관련성: 보도와 그 기록의 활용으로 관련이 있다.
2. 예측 가능성: 기사 이용 계약을 개인정보 처리방침에 공개하였다.
3. 정보주체의 이익 침해 여부: 이름과 연락처를 가리므로 부당하게 침해하지 않는다.
4. 안전성 확보: 가명처리와 암호화를 한다.
""",
    "statutes.txt": """저작권법 제7조: 헌법·법률·조약·명령·조례 및 규칙은 보호받지 못하는 저작물이다. (시연용 사본)
""",
}
"""File name to text, for the corpus's terms/ folder; the consent notice is consents.NOTICE."""
