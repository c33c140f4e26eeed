"""Sentences of Art. 23: who, and what is told of them; and sentences on the same things that tell nothing of anybody.

Every type has 64 templates and more: its predicates times the persons. `{n}` is a name. Seeded.

python -m bench.testset.sensitive --per-type 64 --seed 7 --out gold.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

WHO: Final[tuple[str, ...]] = (
    "{n} 씨는", "저는", "우리 아버지는", "제 동생은", "담당자 {n} 과장은", "그 직원은", "{n} 학생은", "저희 어머니는",
)  # fmt: skip

WHAT: Final[dict[str, tuple[str, ...]]] = {
    "HEALTH": (
        "작년에 위암 수술을 받았습니다", "당뇨병으로 매일 인슐린을 맞고 있어요", "우울증 진단을 받고 정신과에 다닙니다", "B형간염 보균자라고 합니다",
        "교통사고로 하반신이 마비되어 휠체어를 탑니다", "지난달 유산을 하고 병가를 냈어요", "고혈압 약을 10년째 복용하고 있습니다", "뇌전증으로 군 면제를 받았습니다",
        "공황장애 때문에 휴직 중입니다",
    ),
    "CREED": (
        "여호와의 증인 신도라서 집총을 거부했습니다", "30년째 교회에 나가는 독실한 개신교 신자입니다", "지난 대선에서 보수 후보를 찍었다고 했어요", "사회주의 사상을 버리지 않았습니다",
        "매주 절에 다니는 불교 신자예요", "이슬람교로 개종했습니다", "양심적 병역거부를 신념으로 밝혔습니다", "천주교 세례를 받고 성당에 다닙니다",
    ),
    "UNION": (
        "민주노총 금속노조에 가입했습니다", "회사 노동조합의 사무국장을 맡고 있습니다", "작년까지 더불어민주당 권리당원이었어요", "전교조 조합원으로 활동합니다",
        "노조 파업에 참여했다가 징계를 받았습니다", "국민의힘에 입당했습니다", "정의당 당비를 꼬박꼬박 냅니다", "한국노총 택시노련 조합원입니다",
    ),
    "SEX_LIFE": (
        "동성애자라고 커밍아웃했습니다", "성기능 장애로 비뇨기과 치료를 받습니다", "직장 동료와 불륜 관계였습니다", "트랜스젠더로 성전환 수술을 받았습니다",
        "양성애자임을 가족에게 밝혔어요", "남편과 몇 년째 부부관계를 하지 않는다고 털어놓았습니다", "레즈비언 커뮤니티에서 애인을 만났습니다", "성매매를 한 사실을 인정했습니다",
    ),
    "CRIMINAL_RECORD": (
        "절도죄로 징역 1년을 살고 나왔습니다", "음주운전으로 벌금형을 받은 전과가 있어요", "사기 전과 3범입니다", "집행유예 기간 중에 또 붙잡혔습니다",
        "폭행 혐의로 기소되어 유죄를 선고받았습니다", "마약 투약으로 구속된 적이 있습니다", "성범죄로 신상정보가 등록되었습니다", "보호관찰을 받고 있습니다",
    ),
    "BIOMETRIC": (
        "지문을 출입 시스템에 등록했습니다", "홍채 정보를 은행에 등록해 두었습니다", "유전자 검사에서 BRCA1 변이가 나왔습니다", "얼굴 인식 데이터를 회사에 제출했습니다",
        "친자 확인을 위해 DNA 검사를 받았어요", "정맥 인식 템플릿이 서버에 저장되어 있습니다", "유전자 검사 결과 헌팅턴병 유전자를 가지고 있습니다", "성문이 등록되어 목소리로 본인을 확인합니다",
    ),
    "ETHNICITY": (
        "조선족 출신으로 연변에서 왔습니다", "베트남계 혼혈입니다", "고려인 3세라고 해요", "아버지가 흑인이라 피부색 때문에 놀림을 받았습니다",
        "쿠르드족 난민으로 인정받았습니다", "몽골계 어머니에게서 태어났습니다", "재일교포 2세로 차별을 겪었습니다", "화교라서 학교에서 따돌림을 당했습니다",
    ),
}  # fmt: skip

FRAMES: Final[tuple[tuple[str, str], ...]] = (
    ("", ""), ("안녕하세요. ", ""), ("오늘 면담 기록입니다. ", " 이상입니다."), ("날씨가 많이 추워졌네요. ", " 답장 기다릴게요."),
)  # fmt: skip

NEGATIVES: Final[tuple[str, ...]] = (
    "당뇨병은 생활 습관으로 예방할 수 있다.", "우울증의 유병률이 해마다 늘고 있다.", "암 보험 상품을 비교해 보세요.", "건강검진은 2년마다 받는 것이 좋다.",
    "종교의 자유는 헌법이 보장한다.", "불교 문화재 전시회가 열린다.", "교회 건물의 용도 변경에 관한 조례", "보수와 진보의 차이를 설명하시오.",
    "노동조합 및 노동관계조정법 제2조", "민주노총이 총파업을 예고했다.", "정당법 개정안이 통과되었다.", "노조 가입률이 14 %로 집계되었다.",
    "성교육 교재를 개정한다.", "동성혼 합법화를 둘러싼 논의", "영화는 불륜을 소재로 한다.", "성매매 방지법 시행 20주년",
    "음주운전 처벌 기준이 강화되었다.", "사기죄의 구성요건은 다음과 같다.", "절도 사건이 줄었다.", "전과 기록 조회 절차를 안내합니다.",
    "지문 인식기의 오류율은 0.1 %이다.", "유전자 검사 시장이 커지고 있다.", "홍채 인식 잠금 해제를 켜세요.", "얼굴 인식 기술의 원리",
    "조선족 자치주의 역사", "다문화 가정 지원 사업 공고", "고려인 마을 축제가 열린다.", "인종 차별 철폐 협약",
)  # fmt: skip
NAMES: Final = ("김서연", "박도윤", "이하준", "최지우", "정민재", "강수아", "윤태경", "장예린")


def templates(kind: str) -> list[str]:
    """Every template of a type."""
    return [f"{who} {what}." for who in WHO for what in WHAT[kind]]


def examples(per_type: int, seed: int) -> Iterator[dict[str, Any]]:
    """`per_type` examples of every type: templates in turn, names and frames drawn; the span is the sentence."""
    for kind in sorted(WHAT):
        rng = random.Random(f"{seed}:{kind}")
        shapes = templates(kind)
        rng.shuffle(shapes)
        for number in range(per_type):
            sentence = shapes[number % len(shapes)].replace("{n}", rng.choice(NAMES))
            before, after = rng.choice(FRAMES)
            yield {
                "text": before + sentence + after,
                "spans": [[len(before), len(before) + len(sentence), kind]],
                "label": kind,
            }


def negatives() -> Iterator[dict[str, Any]]:
    """Texts that tell nothing of anybody."""
    for text in NEGATIVES:
        for before, after in FRAMES:
            yield {"text": before + text + after, "spans": [], "label": ""}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-type", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as file:
        for row in (*examples(args.per_type, args.seed), *negatives()):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
