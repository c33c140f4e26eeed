# ruff: noqa: E501 - patterns read better on long lines
"""ACCOUNT_HANDLE, name of an account at a messenger, network or site (카카오톡 아이디, @handle).

Criteria
1. A service (카톡, 인스타, 텔레그램, 디스코드 …) or 아이디/ID, then a particle, colon or equals sign, then a token of 3 to 32
   ASCII characters with a letter; after a bare space the token must carry a digit, dot or underscore.
2. @token in prose: with a digit, underscore or dot in it, or a service named near; not a package (@a/b), a decorator, a
   media query, an e-mail.
3. The name in the address of a profile (instagram.com/hong_gd); the address itself stays, and so do
   links of markdown and HTML.
4. Words that are also ordinary (라인, 계정, 유튜브, 스레드, line) need 아이디/ID/계정 behind them.

Score .65 to .95. Evidence: context:service, context:id, at-sign.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.gate import K_HANDLE
from anonymizers.normalize import View

_SERVICE: Final = r"카카오톡|카톡|ㅋㅌ|인스타그램|인스타|텔레그램|텔레|트위터|디스코드|위챗|틱톡|페이스북|페북|스카이프|깃허브|kakaotalk|kakao|instagram|insta|telegram|discord|디코|wechat|tiktok|twitter|skype|옾챗|오픈챗|(?<![a-z])ig(?![a-z])|당근"
_VAGUE: Final = r"라인|스레드|유튜브|블로그|게임|로그인|사용자|회원|접속|네이버|다음|구글|계정|닉네임|뱅킹|은행|포털|포탈|사이트|쇼핑몰|앱|어플|서버|(?<![a-z])line|배그|(?<![가-힣])롤"
_ID: Final = r"아이디|(?<![A-Za-z])(?:id|ID|Id)(?![A-Za-z])|계정명|계정|핸들|닉네임|닉넴|닉|아뒤|아디|아이뒤"
_LINK: Final = (
    r"\s?(?:\([^()\n]{0,8}\))?\s?(?:은|는|이|가|을|를|도|:|=|→|->| - |로는|으로는)\s{0,2}(?:제|내|바로)?\s?['\"(\[]?"
)
_NAME: Final = r"@?(?P<v>[A-Za-z0-9_][A-Za-z0-9._\-]{1,30}[A-Za-z0-9_](?:#\d{4})?)(?![A-Za-z0-9]|@|\.[A-Za-z]{2}|://)"
_RULES: Final = (
    (
        re.compile(rf"(?:{_SERVICE}|{_VAGUE})\s?(?:{_ID}|주소|친추){_LINK}{_NAME}"),
        "context:service",
        950_000,
        False,
    ),
    (re.compile(rf"(?:{_SERVICE}){_LINK}{_NAME}"), "context:service", 900_000, False),
    (re.compile(rf"(?:{_SERVICE}|{_VAGUE})\s?(?:{_ID})\s{_NAME}"), "context:service", 880_000, True),
    (re.compile(rf"(?:{_SERVICE})\s{_NAME}"), "context:service", 800_000, True),
    (
        re.compile(
            rf"(?:아이디|(?<![A-Za-z])(?:(?:[Ll]ogin|LOGIN)[ _]?|[Uu]ser[ _])(?:id|ID|Id)(?![A-Za-z])|(?<![A-Za-z])ID(?![A-Za-z])|(?<=[가-힣] )id(?![A-Za-z])|계정명){_LINK}{_NAME}"
        ),
        "context:id",
        850_000,
        True,
    ),
    (
        re.compile(rf"(?:아이디|아뒤|(?<![가-힣])아디|닉네임|닉넴|계정명|유저명)(?:\s|{_LINK}){_NAME}"),
        "context:id",
        750_000,
        True,
    ),
    (
        re.compile(rf"(?<![A-Za-z_.\-])(?:id|ID)\s{_NAME}(?=[\s,/]{{1,3}}(?:pw|PW|비번|비밀|패스|password))"),
        "context:id",
        850_000,
        False,
    ),
    (
        re.compile(
            rf"(?:아이디|id|ID)\s?[/,]\s?(?:비번|비밀번호|패스워드|pw|PW|password)\s?[:=은는]?\s{{0,2}}{_NAME}(?=\s?[/,]\s?\S)"
        ),
        "context:id",
        850_000,
        False,
    ),
    (
        re.compile(rf"(?<![A-Za-z])(?:user(?:name|_?id)?|login(?:_?id)?|account(?:_?id)?)=['\"]?{_NAME}"),
        "context:id",
        800_000,
        True,
    ),
    (
        re.compile(rf"(?<![A-Za-z])(?:login_?id|user_?id|username)\s?=\s?'{_NAME}(?=')"),
        "context:record",
        850_000,
        False,
    ),
    (
        re.compile(
            rf"\"(?:id|user_?id|login_?id|username)\"\s?:\s?\"{_NAME}(?=\"\s?,\s?\"(?:pw|pwd|pass|e-?mail|phone|tel|비밀))"
        ),
        "context:record",
        850_000,
        False,
    ),
)
_APART: Final = re.compile(  # 카톡 아이디로 보내드릴까요? / 네 hong_77 이에요
    rf"(?:(?:{_SERVICE})\s?(?:아이디|id)|톡\s?아이디|(?:{_SERVICE}|(?<![가-힣])톡)(?:ㄱ{{1,3}}|고)?(?=\s))[^A-Za-z0-9\n@]{{0,24}}(?:\n[^A-Za-z0-9\n@]{{0,16}})?{_NAME}"
)
_WITH_PASSWORD: Final = re.compile(rf"(?:아이디|아뒤|계정)\s{_NAME}(?=[\s,/]{{1,3}}(?:pw|PW|비번|비밀|패스|password))")
_TAGGED: Final = re.compile(
    r"(?:배틀\s?태그|라이엇|롤\s?닉|스팀|친추|디코|닉)[^A-Za-z0-9\n]{0,12}(?P<v>[A-Za-z가-힣][A-Za-z0-9가-힣]{1,15}#[0-9A-Za-z]{3,5})(?![0-9A-Za-z])"
)
_IN_BRACKETS: Final = re.compile(
    rf"(?:아이디|아뒤|(?:{_SERVICE})|(?<![A-Za-z])ID)\s?[(\[]\s?(?:ID\s?:?\s?)?{_NAME}(?=[)\]])"
)
_GAME: Final = re.compile(
    r"(?:게임|롤|배그|메이플|로아|던파|서버)\s?(?:아이디|닉네임|닉|캐릭)\s?(?:은|는|:)?\s{0,2}(?P<v>[가-힣A-Za-z]{2,12}[0-9]{1,4})(?=\s|$|[,.])"
)
_LINE: Final = re.compile(rf"(?<![a-z])(?:line|kakao|wechat|telegram)\s?id\s?[:=]?\s{{0,2}}{_NAME}")
_LOOSE: Final = re.compile(  # 카톡 친추 hong77, 카톡으로 연락주세요 hong77
    rf"(?:{_SERVICE})\s?(?:으로|로|은|는)?\s?(?:친추|친구\s?추가|추가|연락|문의|상담)[^A-Za-z0-9\n]{{0,14}}{_NAME}"
)
_PROFILE: Final = re.compile(
    r"(?<![A-Za-z0-9\-])(?:(?:www\.|m\.)?(?:instagram\.com|facebook\.com|twitter\.com|x\.com|t\.me|threads\.net|blog\.naver\.com|tistory\.com|github\.com|gitlab\.com)/|(?:youtube\.com|tiktok\.com|threads\.net|velog\.io)/(?=@)"
    r"|linkedin\.com/in/|youtube\.com/(?:c|user)/|twitch\.tv/|steamcommunity\.com/id/|behance\.net/|soundcloud\.com/|brunch\.co\.kr/(?=@)|medium\.com/(?=@)|facebook\.com/profile\.php\?id=|open\.kakao\.com/(?:o|me)/)(?P<v>@?[A-Za-z0-9_][A-Za-z0-9_.\-%]{1,60}[A-Za-z0-9_])(?![A-Za-z0-9_.\-]|/(?!status/)[A-Za-z])",
)
_SITE: Final = re.compile(
    r"(?:instagram|facebook|twitter|x|naver|tistory|youtube|tiktok|kakao|github|gitlab)\.com/|t\.me/|threads\.net/|velog\.io/|linkedin\.com/|twitch\.tv/|steamcommunity|behance|soundcloud|brunch|medium\.com/"
)
_LINKED: Final = re.compile(r"(?:\]\(|[\[\"'<=`])(?:https?://)?(?:[a-z]{1,4}\.)?$")
_NO_PROFILE: Final = re.compile(
    r"p|reels?|explore|stories|intent|share|hashtag|search|home|groups|events|photos?|sharer|watch|pages|login|i|about|policies|legal|privacy|help|tags|.*\.(?:php|html?|naver|nhn|aspx?|jsp)|dialog|features|topics|orgs|issues|pulls|marketplace|sponsors|settings|pricing|security|collections|trending|apps|blog|docs|enterprise|readme|join|signup|new|notifications|contact"
)
_AT: Final = re.compile(
    r"(?<![A-Za-z0-9._/@\-`])@(?P<v>[A-Za-z_][A-Za-z0-9_.]{1,29}[A-Za-z0-9_])(?![A-Za-z0-9/(\-@]|\.[A-Za-z])"
)
_SOCIAL: Final = re.compile(
    rf"{_SERVICE}|팔로우|팔로워|맞팔|디엠|(?<![a-z])dm(?![a-z])|태그|멘션|스토리|계정|채널|구독|트윗", re.IGNORECASE
)
_DOMAIN: Final = re.compile(r"\.(?:com|net|org|kr|me|io|tv|gg)$")
_CODE: Final = frozenset(
    [
        "everyone",
        "here",
        "channel",
        "all",
        "team",
        "media",
        "import",
        "latest",
        "next",
        "alpha",
        "beta",
        "canary",
        "stable",
        "param",
        "return",
        "returns",
        "override",
        "types",
        "type",
        "component",
        "injectable",
        "input",
        "output",
        "keyframes",
        "supports",
        "charset",
        "font",
        "todo",
        "deprecated",
        "example",
        "see",
        "link",
        "author",
        "since",
        "throws",
        "test",
        "before",
        "after",
        "autowired",
        "bean",
    ]
)


def _literals(pattern: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """The words of an alternation, lower case, without what they look around for: long ones, and short Latin ones (id,
    ig, line), which stand in many a word of code, as a pattern that wants them at a word's end."""
    words = {re.sub(r"\(\?[^()]*\)", "", word).lower() for word in pattern.split("|")}
    short = {word for word in words if word.isascii() and len(word) <= 4}
    return tuple(sorted(words - short)), re.compile("|".join(f"{word}(?![a-z])" for word in sorted(short)) or r"(?!)")


_LOGIN: Final = ("아이디", "계정명", "loginid", "login id", "login_id", "user id", "user_id")
_NAMED: Final = ("아이디", "아뒤", "아디", "닉네임", "닉넴", "계정명", "유저명")
_FIELDS: Final = ('id"', 'username"')
_SECRETS: Final = ("pw", "비번", "비밀", "패스", "password")
_ASSIGNED: Final = ("user=", "username=", "login=", "account=", "id=")
_SERVICES: Final = _literals(_SERVICE)
_VAGUES: Final = _literals(_VAGUE)
_IDS: Final = _literals("아이디|id|계정|핸들|닉|아뒤|아디|아이뒤")
_MET: Final = ("주소", "친추")


def _stands(words: tuple[tuple[str, ...], re.Pattern[str]], lower: str) -> bool:
    return any(word in lower for word in words[0]) or words[1].search(lower) is not None


def _asked(lower: str) -> list[bool]:
    """For each of _RULES, and _LOOSE at the end, whether the words that it cannot do without stand in the view: a plain
    search of a word costs a hundredth of an alternation that is tried at every character."""
    service = _stands(_SERVICES, lower)
    vague = service or _stands(_VAGUES, lower)
    ids = _stands(_IDS, lower)
    short_id = _IDS[1].search(lower) is not None
    login, named, fields, secrets, assigned = (
        any(word in lower for word in words) for words in (_LOGIN, _NAMED, _FIELDS, _SECRETS, _ASSIGNED)
    )
    met = vague and any(word in lower for word in _MET)
    return [
        vague and (ids or met), service, vague and ids, service, login or short_id, named, secrets and "id" in lower,
        secrets and ids, assigned, assigned, fields, service,
    ]  # fmt: skip


def find(view: View) -> Iterator[Hit]:
    """Hits of type ACCOUNT_HANDLE in a view."""
    *asked, loose = _asked(view.lower)
    for rule, evidence, score, marked in itertools.compress(_RULES, asked):
        for m in rule.finditer(view.text if evidence == "context:id" else view.lower):
            token = view.text[m.start("v") : m.end("v")]
            if not any(c.isalpha() for c in token) or (marked and token.isalpha()):
                continue
            if evidence == "context:id" and not _person_like(view, m):
                continue
            if _DOMAIN.search(token) and view.text.startswith("/", m.end("v")):
                continue  # 트위터는 x.com/…: the rule for profiles finds the name
            start = m.start("v")
            if start and view.text[start - 1] == "@":
                start -= 1
            yield Hit(start, m.end("v"), "ACCOUNT_HANDLE", score, (evidence,))
    for m in _LOOSE.finditer(view.lower) if loose else ():
        if any(c.isdigit() or c in "_." for c in m["v"]) and any(c.isalpha() for c in m["v"]):
            yield Hit(*m.span("v"), "ACCOUNT_HANDLE", 750_000, ("context:service",))
    for rule in (_APART, _WITH_PASSWORD, _TAGGED, _LINE, _IN_BRACKETS, _GAME):
        for m in (
            rule.finditer(view.text if rule in (_TAGGED, _IN_BRACKETS) else view.lower)
            if loose or "톡" in view.lower or rule is not _APART
            else ()
        ):
            token = view.text[m.start("v") : m.end("v")]
            if rule is _APART and not (
                any(c.isdigit() or c in "_." for c in token) and any(c.isalpha() for c in token)
            ):
                continue
            if rule is _IN_BRACKETS and not any(c.isdigit() or c in "_.-" for c in token):
                continue
            if any(c.isalpha() for c in token) and not _DOMAIN.search(token):
                yield Hit(*m.span("v"), "ACCOUNT_HANDLE", 780_000, ("context:service",))
    if "/" in view.text and _SITE.search(view.text):
        for m in _PROFILE.finditer(view.text):
            if _LINKED.search(view.text, max(m.start() - 14, 0), m.start()):
                continue  # a link in a document, not somebody's word
            if _NO_PROFILE.fullmatch(m["v"].lower()) is None:
                yield Hit(*m.span("v"), "ACCOUNT_HANDLE", 850_000, ("url",))
    for m in _AT.finditer(view.text) if "@" in view.text else ():
        token = m["v"]
        if token.lower() in _CODE:
            continue
        social = _SOCIAL.search(view.text, max(m.start() - 40, 0), min(m.end() + 30, len(view.text))) is not None
        marked = any(c.isdigit() or c in "_." for c in token)
        if social or marked:
            yield Hit(m.start(), m.end(), "ACCOUNT_HANDLE", 900_000 if social else 650_000, ("at-sign",))


def _person_like(view: View, m: re.Match[str]) -> bool:
    """Not code: no brackets or quotes around, no capitals inside a word (userId)."""
    after = view.text[m.end("v") : m.end("v") + 1]
    token = m["v"]
    if after and after in "\"'" and re.match(r"[가-힣 ]", view.text[m.end("v") + 1 :]):
        after = ""  # "아이디: hong12"라고
    return (not after or after not in "([{=<\"'`;") and re.search(r"[a-z][A-Z]|-", token) is None


ACCOUNT_HANDLE = Recognizer("account_handle", ("ACCOUNT_HANDLE",), K_HANDLE, find)
