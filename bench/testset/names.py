"""Names in sentences of five registers: with a title, in signatures, lists and before person verbs, bare in prose.

`{n}`, `{m}`, `{k}` are names (surname and given name drawn apart: nobody's), the particle behind agrees. A group has at
least 60 templates: its cores times the frames of their register.

    python -m bench.testset.names --per-template 3 --seed 7 --out names.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from anonymizers.particles import agree
from anonymizers.sounds import final_sound

GROUPS: Final = ("titled", "signed", "bare")
_FRAMES: Final[dict[str, tuple[str, ...]]] = {
    "news": ("{c}", "(서울=가나다뉴스) {c}", "한편 {c}", "{c} 이 소식은 오후에 전해졌다."),
    "court": ("{c}", "가. {c}", "[인정 사실] {c}", "이 법원의 판단: {c}"),
    "review": ("{c}", "별점 5개!! {c}", "{c} ㅋㅋㅋ", "솔직 후기) {c}"),
    "forum": ("{c}", "ㅠㅠ {c}", "{c} 어떻게 생각하세요?", "제목 그대로입니다. {c}"),
    "official": ("{c}", "1. 귀 기관의 발전을 바랍니다.\n2. {c}", "붙임 1부.\n{c}", "{c}\n끝."),
}
_CORES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "titled": {
        "news": ("{n} 총재는 금리를 묶었다.", "{n} 의원이 낸 법안이다.", "주민 {n}씨(54)의 말이다.", "{n} 감독이 팀을 맡는다.", "가수 {n}의 새 음반이 나왔다."),
        "court": ("재판장 판사 {n}", "증인 {n}의 법정진술", "소외 {n}은 위 토지를 매수하였다.", "피고인 {n}을 벌금형에 처한다.", "변호사 {n}, {m}"),
        "review": ("배우 {n} 연기 좋다", "{n} 감독 작품은 믿고 본다", "{n} 쌤 수업 최고", "{n} 원장님 친절하세요", "{n} 기사님 감사합니다"),
        "forum": ("{n} 선배가 알려 줬어요", "우리 팀 {n} 대리 얘기예요", "{n}씨 연락처 아세요", "{n} 아저씨가 또 시끄러워요", "제 친구 {n}의 일이에요"),
        "official": ("담당 주무관 {n}", "{n} 과장 전결", "고객 {n}님께 안내드립니다.", "환자 {n}님의 결과입니다.", "대표이사 {n}"),
    },
    "signed": {
        "news": ("{n}은 “모른다”고 말했다.", "{n}, {m}, {k} 등이 뽑혔다.", "{n}은 1972년 부산에서 태어났다.", "{n}이 고개를 숙였다.", "득점: {n}, {m}"),
        "court": ("{n}은 2015. 3. 2. 사망하였다.", "원고들: 1. {n} 2. {m} 3. {k}", "{n}은 범행을 자백하였다.", "대법관 {n}(재판장) {m} {k}(주심)", "{n}은 위 서면에 서명하였다."),
        "review": ("{n}, {m} 둘 다 좋다", "주연: {n}, {m}", "{n}이 웃을 때 소름", "{n}은 천재라고 생각한다", "출연: {n} {m} {k}"),
        "forum": ("저는 {n}이라고 합니다", "글쓴이: {n}", "{n}한테 전화했어요", "{n}이랑 {m}이 싸웠어요", "제 이름은 {n}이에요"),
        "official": ("작성자: {n}", "신청인 {n} (서명 또는 인)", "참석자: {n}, {m}, {k}", "2024년 5월 1일 {n} 배상", "| 1 | {n} | 남 | 영업부 |",
                     "<성명>{n}</성명>", "수령인 {n} 010-0000-0000", "검토: {n} / 승인: {m}"),
    },
    "bare": {
        "news": ("{n}의 골로 이겼다.", "현장에는 {n}도 있었다.", "협회는 {n}을 사무총장에 내정했다.", "새 시장에는 {n}이 뽑혔다.", "한때 {n}은 최고의 투수였다."),
        "court": ("그 돈은 {n}에게 지급되었다.", "{n}에 대한 채권은 소멸하였다.", "주식은 {n}이 보유하고 있었다.", "{n}을 상대로 소를 제기하였다.", "{n}의 과실은 30%이다."),
        "review": ("{n} 때문에 봤다", "역시 {n}", "{n}의 눈빛이 좋다", "{n}만 보인다", "이번에도 {n}이 다 살렸다"),
        "forum": ("{n}은 요즘 뭐 해요", "{n}한테 빌려준 돈을 못 받았어요", "{n}을 학교에서 봤어요", "{n}도 온대요", "그때 {n}이 없었으면 큰일 났죠"),
        "official": ("{n}에게 표창장을 수여한다.", "{n}의 휴직을 허가한다.", "{n}을 간사로 선출하였다.", "{n} 외 3명이 제기한 민원입니다.", "계약 상대자는 {n}으로 한다."),
    },
}  # fmt: skip
_SURNAMES: Final = tuple(
    "김김김김김김김이이이이이박박박최최정정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도석선설마길연위표명기반왕금옥육인맹제빈봉탁어"
)
_LONG: Final = ("남궁", "황보", "제갈", "선우", "독고", "사공", "서문", "동방")
_FIRST: Final = tuple("민서지예하도수현준유은정재성태경승영상종동진미혜선나다라시세소아연우윤이주채해효희규기명문병보")
_SECOND: Final = tuple(
    "준서연우윤현아진호영민수은희정경빈원율혁석훈철용환식숙자순미란나라린솔슬별온결겸찬창태택필하한후"
)
_SHORT: Final = tuple("솔준현린훈진건윤별빈율철숙찬단욱협완웅산")
_KNOWN: Final = (
    "민준", "서연", "지호", "하은", "도윤", "수아", "지우", "예준", "영수", "정숙", "미경", "상철", "은주", "지훈", "현우", "유진", "수진", "혜진", "동현", "성민", "영자", "순자", "광수", "종수",
)  # fmt: skip


def name(rng: random.Random) -> str:
    """A name: three letters mostly, of common or uncommon syllables; sometimes two letters, or a surname of two."""
    kind = rng.random()
    surname = rng.choice(_LONG) if kind < 0.06 else rng.choice(_SURNAMES)
    if 0.06 <= kind < 0.12:
        return surname + rng.choice(_SHORT)
    return surname + (rng.choice(_KNOWN) if kind < 0.7 else rng.choice(_FIRST) + rng.choice(_SECOND))


def templates(group: str) -> list[tuple[str, str]]:
    """`(register, template)` of a group."""
    return [
        (register, frame.replace("{c}", core))
        for register, cores in _CORES[group].items()
        for core in cores
        for frame in _FRAMES[register]
    ]


def examples(per_template: int, seed: int) -> Iterator[dict[str, Any]]:
    """`per_template` examples of every template: text, spans, group, register."""
    rng = random.Random(f"{seed}:names")
    for group in GROUPS:
        for register, template in templates(group):
            for _ in range(per_template):
                text, spans = fill(template, rng)
                yield {"text": text, "spans": spans, "group": group, "register": register}


def fill(template: str, rng: random.Random) -> tuple[str, list[list[Any]]]:
    """The template with names in its slots, particles agreeing, and their spans."""
    text, spans, rest = "", [], template
    while "{" in rest:
        head, _, rest = rest.partition("{")
        value = name(rng)
        taken, particle = agree(rest[2:], final_sound(value), person=True)
        text += head
        spans.append([len(text), len(text) + len(value), "PERSON"])
        text, rest = text + value, particle + rest[2 + taken :]
    return text + rest, spans


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--per-template", type=int, default=3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    with args.out.open("w", encoding="utf-8") as file:
        for row in examples(args.per_template, args.seed):
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
