"""Sentence frames of a local government's press release, by their place in it."""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

TITLES = (
    "{org}, {program} [본격 추진|첫발|속도 낸다|순항]", "{org}, {actn} 나선다… {good} 기대", "{target} 위한 {actn}, {month}부터 시작",
    "{org} {bureau}, {actn}·{actn2} 동시 추진", "{won} 들여 {program} 마무리… {org}, {good} 앞장", "{site}에서 만나는 {program}",
    "{org}·{univ}, {program} 업무 협약", "“{problem}, 이제 그만” {org} {actn} 착수", "{org}, {year}년 이후 최대 규모로 {actn} 추진",
    "{town} {site}, {soon}년까지 새 단장", "{org} {program}, {target} 호응 속 {lo}일 만에 마감", "{org:이} 바뀐다: {actn}에서 {actn2}까지",
    "{program} {half} 참여자 모집", "{org}, {problem} 줄이기 종합 대책 발표",
)  # fmt: skip

SUBTITLES = (
    "{actn} 등 {lo9}개 과제에 {won} 투입", "{target} {lo4}명 혜택 예상", "{half} {town}에서 시범 운영 후 전 지역 확대", "{up} 늘어",
    "{coming}까지 {bureau} 방문 또는 온라인 접수", "{inst} 용역 결과 반영… {good} 기대", "{site} {lo}곳 우선 적용", "{down} 줄어",
)  # fmt: skip

LEADS = (
    "{org:은} {date} {site}에서 {program} [설명회|착수 보고회|점검 회의|현장 간담회]{:을} 열고 [향후 일정|추진 방향|세부 계획]{:을} [밝혔|공개했|설명했]{.}",
    "{org:은} {good:을} 위해 {won:을} 들여 {program:을} 추진한다고 {date} 밝혔{.}",
    "{org} {bureau:은} {month}부터 {target:을} 대상으로 {program:을} [시작한다고|운영한다고|확대한다고] {past} [밝혔|알렸]{.}",
    "{problem:이} 이어지자 {org:이} {act}하기로 했{.}",
    "{org:은} {year}년부터 이어 온 {program}의 [성과|중간 결과|{half} 실적]{:을} {past} [공개했|발표했]{.}",
    "{org:은} {univ} 산학협력단과 손잡고 {program:을} 함께 추진하기로 하고 {past} {hall}에서 협약을 맺었{.}",
    "{town} {site:이} {good:을} 위한 거점으로 [새로 문을 열었|탈바꿈했|다시 태어났]{.}",
    "{org} {bureau:은} {coming}까지 {program}에 참여할 {target:을} 모집한다고 {past} 밝혔{.}",
    "{org:은} {past} 열린 {lo9}차 정책 조정 회의에서 {actn:을} 올해 [핵심 과제|역점 사업|우선 과제]로 정했{.}",
    "{season} {problem:이} 되풀이되지 않도록 {org:이} 선제 대응에 나섰{.}",
    "{org:은} {inst:이} 맡은 연구 용역 결과를 토대로 {program} 세부 계획을 확정했다고 {past} 전했{.}",
    "{target}의 목소리를 담은 {program:이} {coming} {town}에서 첫선을 보일 예정{이.}",
)  # fmt: skip

DETAILS = (
    "이번 사업에는 {won:이} 투입되며, {bureau:은} {month}까지 {town} 일대에서 {act}할 {plan}{이.}",
    "먼저 {town} {site:을} 중심으로 {act}하고, 이어 {act2}하는 순서로 진행{되.}",
    "대상은 {city}에 주소를 둔 {target} {lo3}명이며, 신청은 {coming}부터 {hall}에서 받을 예정{이.}",
    "{bureau:은} {target} 의견을 들은 뒤 {act}하는 한편 {act2}하는 방안도 함께 마련했{.}",
    "신청 자격은 공고일 기준 {city}에 {lo9}년 이상 거주한 {target}{:으로} 제한{되.}",
    "{town:과} {town2:을} 잇는 {lo9}.{lo9}km 구간에서는 {coming} {clock}부터 {act}할 {plan}{이.}",
    "구체적으로는 {actn}에 {won}, {actn2}에 {man:이} 가구별로 배정{되.}",
    "{site} {lo}곳 가운데 {lo9}곳은 이미 {act}했고 나머지도 {month} 안에 마칠 {plan}{이.}",
    "올해는 지난해보다 {lo3}명 늘어난 {hi3}명의 {target:이} 혜택을 받을 것으로 보인다고 {bureau:은} 설명했{.}",
    "신청서는 {org} 누리집에서 내려받아 {hall} {lo9}층 접수처에 내면 되고, 결과는 {lo}일 안에 문자로 알려 줄 {plan}{이.}",
    "특히 {problem} 때문에 불편을 겪어 온 {target}에게는 {actn} 비용의 {pcthi}를 지원하기로 했{.}",
    "{bureau} 직원 {lo9}명과 민간 전문가 {lo}명으로 꾸린 점검반이 {past}까지 {lo9}주 동안 {site:을} 살폈{.}",
    "사업 기간은 {year}년 {month}부터 {soon}년 {month}까지이며 {lo9}단계로 나누어 추진{되.}",
    "{firm:이} 기술을 제공하고 {org:이} 부지를 내놓는 방식이어서 예산 {won:을} 아낄 수 있었{.}",
    "접수 첫날 {clock}에만 {lo3}건이 몰려 {bureau:은} 상담 창구를 {lo9}개에서 {lo}개로 늘렸{.}",
    "이를 위해 {org:은} {univ} {field:과} 함께 {lo}주 과정의 교육을 마련해 {target} {lo}명을 길러 낼 {plan}{이.}",
    "현장에는 {lo9}개 국어로 된 안내문과 함께 {target:을} 위한 상담 부스 {lo}동이 설치{되.}",
    "{season} 시범 운영에서는 {town} 주민 {lo3}명이 참여해 {lo}건의 개선 의견을 냈{.}",
    "{act}하는 데 걸리는 기간은 {lo}일 안팎이며, 그동안 {site} 일부 [구간|시설|창구]의 이용이 제한{되.}",
    "비용은 국비 {pctlo}, 지방비 {pcthi}로 나누어 부담하고 부족분은 추가 경정 예산에 반영하기로 했{.}",
    "이와 함께 {target2:을} 위한 별도 창구를 {town2}에 두고 {act2}할 {plan}{이.}",
    "{org:은} {lo9}월 조례를 고쳐 {actn}의 근거를 마련했으며 {target2}까지 지원 범위를 넓혔{.}",
    "우선 올해 안에 {site2} {lo9}곳을 손보고, 내년에는 {town} 쪽 {lo}곳으로 범위를 넓힐 {plan}{이.}",
    "참여를 원하는 {target:은} {coming} {clock}까지 {bureau}에 전화하거나 {hall:을} 직접 찾으면 {되.}",
)  # fmt: skip

FIGURES = (
    "{org}에 따르면 {year}년 이후 {up} 늘었{.}", "실제로 {down} 줄어드는 등 효과가 나타나고 있{.}", "지난해 같은 기간과 견주면 {up} 증가했{.}",
    "{bureau:이} {target} {surveyed}명에게 물은 결과 {pcthi:이} {good:을} 가장 기대한다고 답했{.}",
    "{quarter} 기준으로 {up} 늘었고, {down} 감소한 것으로 집계됐{.}", "{inst:은} 이 사업의 경제적 효과를 연간 {won} 규모로 내다봤{.}",
    "지난 {lo9}년 동안 {target} {lo4}명이 참여했고 이 가운데 {pcthi:이} 다시 참여하겠다는 뜻을 밝혔{.}",
    "{town} 시범 지역에서는 {lo9}개월 만에 {down} 줄었{.}", "민원 {lo3}건을 나누어 보니 {problem:이} {pctlo}로 가장 많았{.}",
    "{site} 이용자 {surveyed}명 가운데 {pcthi:은} 이전보다 나아졌다고 답했고 {problem2:을} 걱정하는 응답은 {pctlo}에 그쳤{.}",
    "앞서 {city2}에서도 비슷한 사업을 벌여 {up} 늘어난 바 있{.}", "예산 집행률은 {month} 말 현재 {pcthi}로 목표를 웃돌았{.}",
)  # fmt: skip

QUOTES = (
    "{@PERSON} {city} {bureau} {rank:은} “{good:을} 위해 {target} 한 분 한 분의 이야기를 듣겠습니다”라고 [말했|강조했]{.}",
    "{@PERSON} {rank:은} “{act}하는 일을 더 미룰 수 없었다”며 “{soon}년까지는 {act2}하겠다”고 [밝혔|약속했]{.}",
    "{bureau} {@PERSON} {rank:은} “{problem} 문제를 풀려면 {target}의 참여가 꼭 필요하다”며 관심을 당부했{.}",
    "{@PERSON} {univ} {field} 교수는 “{actn:은} 다른 지역에서도 눈여겨볼 만한 시도”라고 평가했{.}",
    "협약식에서 {@PERSON} {firm} 대표는 “{town} 주민과 함께 {good}에 힘을 보태겠습니다”라고 전했{.}",
    "{town}에 사는 {@PERSON} 씨는 “{lo9}년 넘게 {problem} 때문에 힘들었는데 이제 한시름 놓았어요”라며 반겼{.}",
    "{@PERSON} {rank:은} “{won:이} 헛되이 쓰이지 않도록 {month}마다 진행 상황을 공개하겠습니다”라고 덧붙였{.}",
    "설명회에 온 {job} {@PERSON} 씨는 “{act2}한다니 반갑지만 {problem2}도 함께 살펴 주면 좋겠다”고 말했{.}",
)  # fmt: skip

CLOSINGS = (
    "{org:은} 앞으로도 {good:을} 위해 {act}하는 등 [다각도로|꾸준히|빈틈없이] 노력할 {plan}{이.}",
    "{bureau:은} {half} 안에 {actn2} 결과를 점검하고 {soon}년 사업 계획에 반영하기로 했{.}",
    "자세한 내용은 {org} 누리집 공고란을 보거나 {bureau}에 문의하면 알 수 있{.}",
    "한편 {org:은} {coming} {hall}에서 {program2} 관련 주민 설명회도 열 예정{이.}",
    "{org:은} {month}까지 {site2} {lo}곳을 추가로 살펴 {problem2}에도 대비할 {plan}{이.}",
    "이 밖에 {target2:을} 위한 {actn2}도 {quarter} 중 추진{되.}", "{org:은} 이번 사업으로 {good:과} {good2:을} 함께 이룰 수 있을 것으로 기대하고 있{.}",
    "사업 구역에 드는 {town} 주민에게는 {lo}일 전까지 우편과 문자로 일정을 알릴 {plan}{이.}",
)  # fmt: skip

CONTACTS = (
    "담당 부서: {bureau} | 담당자: {@PERSON} {rank} | 연락처: {@PHONE}", "문의: {city} {bureau} {@PERSON} ({@PHONE}, {@EMAIL})",
    "자료 제공: {bureau} {@PERSON} {rank}, 전자우편 {@EMAIL}", "담당 {@PERSON} 주무관 (전화 {@PHONE})",
    "책임자 {@PERSON} {rank}, 담당자 {@PERSON} 주무관 (☎ {@PHONE})",
)  # fmt: skip

LICENCE_LINES = (  # boilerplate, wanted: real releases all end so
    "이 자료는 공공누리 제1유형(출처표시) 조건에 따라 자유롭게 이용할 수 있습니다.",
    "본 보도자료는 “공공누리” 제1유형으로 개방한 저작물이며 출처를 밝히면 누구나 이용할 수 있습니다.",
)  # fmt: skip
