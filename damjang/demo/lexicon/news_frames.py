"""Sentence frames of a local daily: street reports, figures, opinions, background."""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

TITLES = (
    "{problem}에… {target} ‘한숨’", "“{actn} 한다더니”… {town} 주민들 {lo9}년째 기다림", "{up} 껑충… {city} {topic} 현장 가 보니",
    "(현장) {season} {site}, 무엇이 달라졌나", "{city} {program}, {won} 어디에 쓰이나", "{target:과} 함께한 하루… {site} 동행 취재",
    "{problem} 해법 찾는 {city2}·{city}", "{inst} “{good} 위해 {actn} 서둘러야”", "{firm}, {city} {site}에 {won} 투자",
    "(이슈 점검) {problem}, 왜 풀리지 않나", "{city} {topic} 예산 {lo9}년 새 두 배… 효과는 ‘글쎄’", "{down} ‘뚝’… {actn}의 힘",
    "(사람들) {site:을} 지키는 {job} 이야기", "{city}의회, {program} 예산 놓고 공방",
)  # fmt: skip

LEADS = (
    "{past} {clock} {city} {town} {site} 앞. {target} {lo9}0여 명이 {problem:을} 호소하며 모여 있었다.",
    "{city:이} {program:을} 추진한 지 {lo9}년 만에 {up} 늘어난 것으로 나타났다.",
    "{problem} 문제가 {season} 들어 다시 불거졌다.",
    "{city} {town}에서 만난 {job} {@PERSON} 씨는 요즘 {site:을} 지날 때마다 한숨이 나온다고 했다.",
    "{firm:은} {coming}부터 {city} {site}에서 {actn:을} 돕는 시범 서비스를 시작한다고 {past} 밝혔다.",
    "{inst:이} {past} 내놓은 보고서를 보면 {city}의 {topic} 분야 만족도는 {pcthi}로 {city2}보다 낮았다.",
    "{city}의회는 {past} 본회의를 열어 {program} 예산 {won:을} 표결 끝에 통과시켰다.",
    "“{lo9}년 전만 해도 상상도 못 했던 일이죠.” {past} {site}에서 만난 {job} {@PERSON} 씨의 말이다.",
    "{season} {city} {town} 일대 {site} {lo}곳을 돌아보니 {lo9}곳에서 {problem:이} 눈에 띄었다.",
    "{univ} {field} 연구팀이 {target} {surveyed}명을 {lo9}년간 추적한 결과가 나왔다.",
    "{city:이} {soon}년까지 {won:을} 들여 {act}하기로 하면서 {town} 주민들의 기대가 커지고 있다.",
    "{problem:이} 길어지자 {city} {target:이} 직접 대안을 찾아 나섰다.",
)  # fmt: skip

STREET = (
    "이날 {site:을} 찾은 {target} 가운데 상당수는 {lo}분 넘게 기다려야 했다.", "{town}에서 {lo9}년째 가게를 꾸려 온 {@PERSON} 씨는 “손님이 절반으로 줄었다”며 고개를 저었다.",
    "{@PERSON}({@AGE}) 씨는 “{problem} 때문에 이사까지 생각했다”고 털어놨다.", "골목 안쪽으로 {lo9}0m쯤 들어가자 {season}에 설치했다는 안내판이 쓰러져 있었다.",
    "{job} {@PERSON} 씨는 “{act}한다는 말은 {year}년부터 들었다”며 “이번에는 믿어 보고 싶다”고 말했다.",
    "취재진이 {clock}부터 {lo9}시간 동안 지켜본 결과 {site:을} 이용한 사람은 {lo}명뿐이었다.", "벽에는 {year}년에 붙인 안내문이 그대로 남아 있었고, 전화를 걸어도 받는 사람이 없었다.",
    "반면 {town2}의 분위기는 사뭇 달랐다.", "{target:을} 위한 공간이라지만 정작 {target2:은} 들어갈 방법을 찾지 못해 발길을 돌렸다.",
    "함께 나온 {@PERSON} 씨도 “{good:은} 바라지도 않는다”며 “{actn}만이라도 제때 해 달라”고 했다.", "{past}에는 {lo3}명이 몰려 {clock} 전에 준비한 물량이 모두 동났다.",
    "현장 직원은 “하루 {lo3}건 정도 문의가 오는데 {lo9}명이 나눠 받고 있다”고 귀띔했다.", "{site} 입구에서 만난 {target:은} 하나같이 {problem2:을} 먼저 꼽았다.",
    "오래된 시설 옆으로는 {won:을} 들여 새로 지은 {hall:이} 대조를 이뤘다.", "{town} 토박이라는 {@PERSON} 씨는 “{lo}년 전에도 똑같은 약속을 들었다”며 웃었다.",
    "비가 내린 {past}에도 {site:은} 이른 아침부터 붐볐다.",
)  # fmt: skip

FIGURES = (
    "{city} 자료를 보면 {year}년 이후 {up} 늘었다.", "같은 기간 {down} 줄었지만 여전히 전국 평균에는 못 미친다.", "{target} {surveyed}명을 조사했더니 {pcthi:이} {problem:을} 가장 큰 어려움으로 꼽았다.",
    "예산은 {year}년 {won}에서 올해 두 배 가까이로 불었다.", "{quarter}만 놓고 보면 {up} 뛰었다.", "{city:이} 쓴 돈 가운데 {pctlo}는 {actn}에 들어갔고, {actn2}에는 {pctlo}만 쓰였다.",
    "{inst:이} 따져 보니 {problem}에 따른 사회적 비용은 한 해 {won:을} 넘었다.", "{month} 한 달 동안 접수된 민원 {lo3}건 중 {lo}건이 같은 내용이었다.",
    "응답자 {surveyed}명 가운데 “모른다”고 답한 비율도 {pctlo}나 됐다.", "{city2:과} 비교하면 1인당 지원액은 {price} 적다.", "{lo9}년 전 조사와 견주면 {pctlo} 포인트 오른 수치다.",
    "{actn} 이후 {down} 줄었다는 것이 {city}의 설명이다.", "올해 {half} 신청자는 {lo4}명으로 집계됐으며 이 중 {pcthi}가 {target:이었}다.",
)  # fmt: skip

OPINIONS = (
    "{@PERSON} {univ} {field} 교수는 “{problem:은} 한두 해에 풀릴 일이 아니다”라며 “{actn}부터 차근차근 해 나가야 한다”고 지적했다.",
    "{@PERSON} {inst} {irole:은} “{target} 처지에서 제도를 다시 설계해야 한다”고 조언했다.", "{city} 관계자는 “{month}까지 {act}하고 부족한 점은 보완하겠다”고 해명했다.",
    "{@PERSON} {firm} 대표는 “{town}에서 거둔 성과를 {city2:으로} 넓히고 싶다”고 포부를 밝혔다.", "{city}의회 {@PERSON} 의원은 “{won:을} 쓰고도 {problem:이} 그대로라면 사업을 처음부터 다시 들여다봐야 한다”고 꼬집었다.",
    "{@PERSON} {town} 주민협의회 {crole:은} “숫자만 늘리는 데 그치면 {good:은} 요원하다”며 속도 조절을 주문했다.", "익명을 바란 한 공무원은 “{lo9}명이 {lo3}건을 맡다 보니 현장까지 나갈 여력이 없다”고 하소연했다.",
    "{bureau} {@PERSON} {rank:은} “예산이 확보되는 대로 {town2}에도 {act2}할 방침”이라고 말했다.", "시민단체 ‘{town} 함께살기’의 {@PERSON} {crole:은} “{target:이} 회의에 참여할 길부터 열어야 한다”고 요구했다.",
    "반대하는 목소리도 있다. {@PERSON} 씨는 “{actn2:이} 왜 먼저인지 모르겠다”고 반문했다.", "{@PERSON} {univ} {field} 교수는 “{year}년 {city2} 사례를 보면 {lo9}년 뒤에야 {down} 줄었다”며 인내심을 당부했다.",
)  # fmt: skip

BACKGROUND = (
    "{city:은} {year}년 {program:을} 처음 도입했지만 {problem} 탓에 {lo9}차례나 일정이 미뤄졌다.", "애초 계획은 {soon}년까지 {site} {lo}곳을 마련하는 것이었다.",
    "관련 조례는 {year}년 {month}에 만들어졌으나 {actn}에 관한 조항은 빠져 있다.", "{topic} 분야는 주민 생활과 맞닿아 있어 작은 변화에도 {target}의 체감도가 크다.",
    "{city2:은} 이보다 {lo9}년 앞서 {act}했고 지금은 {town2} 전체로 범위를 넓혔다.", "{year}년 {month} 일어난 사고 이후 {problem}에 대한 관심이 부쩍 높아졌다.",
    "전문가들은 인구가 줄어드는 {town} 같은 곳일수록 {actn:이} 시급하다고 본다.", "지난 선거에서도 {good:은} 후보마다 내건 단골 공약이었다.",
    "{firm:과} {univ:은} {year}년부터 {site}에서 공동 실험을 벌여 왔다.", "전국 지자체 가운데 {act}한 곳은 {lo}곳, {act2}한 곳은 {lo9}곳에 그친다.",
    "사업비 {won:은} 국비와 지방비로 {lo9} 대 1로 나눠 충당한다.", "{town:과} {town2} 사이에는 {site:이} 하나뿐이어서 {problem2:이} 되풀이됐다.",
)  # fmt: skip

CRITIQUE = (
    "다만 {actn}만으로 {good:을} 기대하기는 이르다는 지적이 나온다.", "{problem:이} 사라지지 않는 한 {target:은} 같은 불편을 되풀이할 수밖에 없다.",
    "{lo9}년 뒤에도 {up} 늘어난다는 보장은 없다.", "무엇보다 {target:과} {target2} 사이의 이해가 엇갈린다는 점이 걸림돌이다.",
    "{act}하는 데만 {lo}개월이 걸린다는 점도 부담이다.", "운영을 맡을 인력은 {lo9}명뿐이고 그나마 {pctlo}는 {lo}개월짜리 계약직이다.", "사업이 끝난 뒤 {site:을} 누가 관리할지도 정해지지 않았다.",
    "{city2}에서는 비슷한 사업이 {lo9}년 만에 흐지부지됐다.", "{act2}하려면 법을 고쳐야 하는데 논의는 {month} 이후로 미뤄졌다.", "홍보가 모자라 {target} 열에 {lo9}명은 사업이 있는 줄도 몰랐다.",
    "그래도 {town}의 실험은 {good:이} 가능하다는 희망을 남겼다.",
)  # fmt: skip

CLOSINGS = (
    "{city:은} {month} 중 주민 설명회를 열어 의견을 모을 계획이다.", "결과는 {soon}년 {half}에 나올 예정이다.", "{city:은} {coming} {act}할지를 두고 최종 결정을 내린다.",
    "{target}의 기다림은 {month}까지 이어질 전망이다.", "{site:은} {coming}부터 {lo9}주 동안 문을 닫고 새 단장에 들어간다.", "취재가 끝난 뒤에도 {site} 앞에는 {target:이} 하나둘 모여들고 있었다.",
    "{inst:은} 후속 조사 결과를 {soon}년 {month}에 내놓을 예정이다.", "한편 {city2}도 {month}부터 {act2}하기로 했다.",
)  # fmt: skip

BYLINES = (
    "{@PERSON} 기자 {@EMAIL}",
    "{@PERSON} 기자",
    "{press}={@PERSON} 기자 {@EMAIL}",
    "글·사진 {@PERSON} 기자 {@EMAIL}",
    "({press} {@PERSON} 기자)",
)

COPYRIGHT = (
    "<저작권자 ⓒ {press}, 무단 전재 및 재배포 금지>", "ⓒ {press} 무단 전재·복제 금지", "(ⓒ {press}. 허락 없이 옮겨 실을 수 없습니다)",
)  # fmt: skip
