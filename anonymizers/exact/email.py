# ruff: noqa: E501 - patterns read better on long lines
"""EMAIL, e-mail address, also written to hide from collectors: (at), [at], 골뱅이, 앳, spaces, (dot), 점, 닷.

Criteria
1. local @ domain with a top-level domain of letters; full-width and zero-width forms were folded before. A Korean
   particle may follow without a space.
2. Around @ and before dots one space may stand if the domain's last label is a known one.
3. Instead of @: (at) [at] {at} <at>, 골뱅이, 앳 - with or without brackets and spaces; a plain ` at ` only with a spelled
   dot. Instead of the dot: (dot) [dot] 점 닷 쩜, ` dot `; Hangul names of the large mail hosts count (네이버 닷컴). Before
   a large mail host another mark may stand for @ (hong#naver.com), and a comma for the dot.
4. Letters spread by spaces, a break of line behind @ or the dot, %40, a Hangul local part, a Hangul top-level domain.
5. Not an address: package@1.2.3, image@2x.png, file names, git@ of a repository.
6. Nothing is looked up on a network.

Score .75 to .99. Evidence: plain, spaced, obfuscated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.gate import K_EMAIL
from anonymizers.normalize import View

_LOCAL: Final = r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9](?:[A-Za-z0-9._%+\-]{0,62}[A-Za-z0-9_+\-])?"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,40}[A-Za-z0-9])?"
_PLAIN: Final = re.compile(
    rf"({_LOCAL})@({_LABEL}(?:\.{_LABEL}){{0,4}}\.([A-Za-z]{{2,18}}))(?![A-Za-z0-9]|[\-_][A-Za-z0-9])"
)
_MASKED: Final = re.compile(  # hong***@naver.com
    rf"(?<![A-Za-z0-9._%+\-*])[A-Za-z0-9][A-Za-z0-9._\-]{{0,30}}\*{{1,12}}[A-Za-z0-9]{{0,8}}@{_LABEL}(?:\.{_LABEL}){{0,3}}\.[A-Za-z]{{2,18}}(?![A-Za-z0-9])"
)
_READ_LETTER: Final = r"(?:에이치|에이|비|씨|디|이|에프|지|아이|제이|케이|엘|엠|엔|오|피|큐|아르|알|에스|티|유|브이|더블유|엑스|와이|제트|언더\s?바|밑줄|점|[공영일이삼사오육칠팔구]|[0-9A-Za-z])"
_TLD: Final = r"(?:com|net|org|co|kr|ac|go|or|re|edu|io|me|gov|info|biz|jp|cn|us|uk|de|dev|ai|app)"
_HOST: Final = r"(?:네이버|지메일|쥐메일|다음|한메일|네이트|카카오|핫메일|아웃룩|구글|야후)"
_DOT: Final = r"(?:\s?\.\s?|\s?[(\[{<]\s?(?:dot|점|닷|쩜|\.)\s?[)\]}>]\s?|\s?(?:점|닷|쩜|dot)\s?)"
_COM: Final = r"(?:컴|넷|씨오\s?(?:점|닷|쩜)?\s?케이알|케이알|오알지)"
_AT: Final = r"(?:\s{0,2}[(\[{<]\s?(?:at|앳|엣|골뱅이|@|a)\s?[)\]}>]\s{0,2}|\s{0,2}(?:골뱅이|앳|엣)\s{0,2}|\s{0,2}-at-\s{0,2}|\s{1,2}@\s{0,2}|@\s{1,2}|@)"
_DOMAIN: Final = rf"(?:(?:{_LABEL}|{_HOST})(?:{_DOT}{_LABEL}){{0,2}}{_DOT}(?:{_TLD}|{_COM})(?:{_DOT}(?:kr|jp|uk|cn))?)"
_HIDDEN: Final = re.compile(
    rf"((?:(?<![A-Za-z0-9._])[A-Za-z0-9]{{1,20}}[ ]?[(\[{{](?:dot|점)[)\]}}][ ]?)?{_LOCAL.replace('(?<![A-Za-z0-9._%+', '(?<![A-Za-z0-9._%+')})({_AT})({_DOMAIN})(?![A-Za-z0-9])"
)
_SPELT_DOT: Final = r"\s?(?:\(dot\)|\[dot\]|dot|닷|점)\s?"
_WORDS: Final = re.compile(
    rf"((?:(?<![A-Za-z0-9._])[a-z0-9]{{1,20}}\sdot\s)?{_LOCAL})\sat\s((?:{_LABEL}{_SPELT_DOT}){{1,3}}{_TLD}(?:{_SPELT_DOT}kr)?)(?![A-Za-z0-9])"
)
_JOINED: Final = re.compile(
    rf"([a-z0-9][a-z0-9.\-]{{1,40}})(?:_at_|-at-)({_LABEL}(?:(?:_dot_|-dot-){_LABEL}){{0,2}}(?:_dot_|-dot-){_TLD})(?![A-Za-z0-9])"
)
_SHAPED: Final = re.compile(
    rf"({_LOCAL})\sat\s((?:naver|gmail|daum|hanmail|nate|kakao|hotmail|outlook)\.(?:com|net))(?![A-Za-z0-9])",
)
_KNOWN: Final = r"(?:naver|gmail|hanmail|daum|nate|kakao|hotmail|outlook|yahoo|icloud|korea|lycos|paran|dreamwiz|empal)"
_ENDS: Final = r"(?:com|net|co\.kr|ac\.kr|go\.kr|or\.kr|re\.kr|kr|org|io)"
_SIGN: Final = re.compile(  # another mark in the place of @: only before a large mail host
    rf"({_LOCAL})(?:\s?[#★☆●○◎◆◇■□▲△▼♥♡♣♠♬♪&*^~!$|+※]{{1,2}}\s?|[_\-]at[_\-]|%40)({_KNOWN}(?:\s?\.\s?|[★☆●○◎◆◇■□▲△])(?:com|net|co\.kr))(?![A-Za-z0-9])",
)
_ESCAPED: Final = re.compile(rf"({_LOCAL.replace('%', '')})%40({_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDS})(?![A-Za-z0-9])")
_COMMA: Final = re.compile(rf"({_LOCAL})@({_KNOWN}[,;·]?\s?(?:com|net|co[.,]kr))(?![A-Za-z0-9])")
_BROKEN: Final = re.compile(
    rf"({_LOCAL})(?:@\n({_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDS})|\n@({_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDS})|@({_LABEL}(?:\.{_LABEL}){{0,2}}(?:\.\n|\n\.){_ENDS}))(?![A-Za-z0-9])"
)
_SPREAD: Final = re.compile(
    r"(?<![A-Za-z0-9] )(?<![A-Za-z0-9])([A-Za-z0-9](?: [A-Za-z0-9._\-]){1,30}) ?@((?: ?[A-Za-z0-9\-]){2,30}(?: ?\. ?[A-Za-z](?: ?[A-Za-z]){1,3}){1,2})(?![A-Za-z0-9])"
)
_HANGUL: Final = re.compile(
    rf"(?<![가-힣A-Za-z0-9._%+\-])([가-힣](?:[가-힣A-Za-z0-9._+\-]{{0,30}}[가-힣])?)@({_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDS})(?![A-Za-z0-9])"
)
_BARE_HOST: Final = re.compile(
    rf"({_LOCAL})(?:@{_HOST}(?![가-힣]{{2}})|{_AT}{_HOST}\s?(?:컴|넷|닷컴|닷넷))(?![A-Za-z0-9.])"
)
_READ_OUT: Final = re.compile(  # 케이 엠 제이 일이삼 골뱅이 네이버 점 컴
    rf"(?<![가-힣])({_READ_LETTER}(?:[ ]?{_READ_LETTER}){{2,24}})[ ]?(?:골뱅이|앳|엣)[ ]?({_HOST})[ ]?(?:점|닷|쩜)?[ ]?(?:컴|넷|닷컴|닷넷|콤)"
)
_LABELLED: Final = re.compile(
    rf"(?:메일|계정|email|e-mail)[^A-Za-z0-9\n]{{0,20}}({_LOCAL})#({_LABEL}(?:\.{_LABEL}){{0,3}}\.{_ENDS})(?![A-Za-z0-9])"
)
_IDN: Final = re.compile(
    rf"({_LOCAL}|(?<![가-힣A-Za-z0-9])[가-힣]{{2,10}})@((?:[가-힣A-Za-z0-9\-]{{1,30}}\.){{1,2}}(?:한국|닷컴|닷넷))"
)
_AFTER_A_LOOK: Final = (  # a rule, and what it cannot do without: a letter-by-letter try of each costs more than all else
    (_COMMA, re.compile(rf"@{_KNOWN}")),
    (_HANGUL, re.compile(r"[가-힣]@")),
    (_IDN, re.compile(r"한국|닷컴|닷넷")),
    (_BROKEN, re.compile(r"@\n|\n@|\.\n|\n\.")),
)
_APART: Final = re.compile(r" [A-Za-z0-9._\-] ?@")
_PASSWORD: Final = re.compile(r"://[^\s:/@]{1,64}:[^\s/@]{0,60}$")
"""postgres://user:pass@host: what stands before @ is no mailbox."""
_KNOWN_HOST: Final = re.compile(rf"{_KNOWN}\s?[.★☆●○◎◆◇■□▲△]")
_SIGNS: Final = ("@", "골뱅이", "앳", "엣", "at)", "at]", "at}", "at>", "-at-", "at )", "at ]", "(a)", "[a]")
_FILES: Final = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "svg",
        "webp",
        "ico",
        "js",
        "jsx",
        "ts",
        "tsx",
        "mjs",
        "css",
        "scss",
        "less",
        "html",
        "htm",
        "md",
        "json",
        "py",
        "java",
        "go",
        "rs",
        "rb",
        "php",
        "sh",
        "yml",
        "yaml",
        "xml",
        "txt",
        "csv",
        "pdf",
        "zip",
        "gz",
        "tar",
        "exe",
        "dll",
        "so",
        "min",
        "map",
        "vue",
        "beta",
        "alpha",
        "rc",
        "next",
        "latest",
        "canary",
        "experimental",
    ]
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type EMAIL in a view."""
    if "@" in view.text:
        for m in _MASKED.finditer(view.text) if "*" in view.text else ():
            yield Hit(m.start(), m.end(), "EMAIL", 900_000, ("masked",))
        for m in _PLAIN.finditer(view.text):
            if _real(m[1], m[2], m[3]) and not _PASSWORD.search(view.text, max(m.start() - 80, 0), m.start()):
                yield Hit(m.start(), m.end(), "EMAIL", 990_000, ("plain",))
    at = any(sign in view.lower for sign in _SIGNS)
    for m in _HIDDEN.finditer(view.lower) if at else ():
        if "\n" in m[0]:
            continue
        hidden = m[2].strip() != "@" or not re.fullmatch(r"[A-Za-z0-9.\-]+", m[3])
        last = re.split(r"[^A-Za-z가-힣]+", m[3])[-1].lower()
        if not _real(m[1], m[3], last):
            continue
        if not hidden and m[2] == "@":
            continue  # plain
        yield Hit(m.start(), m.end(), "EMAIL", 930_000 if hidden else 900_000, ("obfuscated" if hidden else "spaced",))
    spoken = " at " in view.lower
    if "dot" in view.lower:
        for m in _JOINED.finditer(view.lower):
            yield Hit(m.start(), m.end(), "EMAIL", 880_000, ("obfuscated",))
    host = _KNOWN_HOST.search(view.lower) is not None
    rules = (*((_WORDS, _SHAPED) if spoken else ()), *((_SIGN,) if host else ()), *((_BARE_HOST,) if at else ()))
    for rule in rules:
        for m in rule.finditer(view.lower):
            yield Hit(m.start(), m.end(), "EMAIL", 880_000, ("obfuscated",))
    for m in _READ_OUT.finditer(view.text) if "골뱅이" in view.text or "앳" in view.text else ():
        yield Hit(m.start(), m.end(), "EMAIL", 900_000, ("spoken",))
    for m in _LABELLED.finditer(view.lower) if "#" in view.text else ():
        yield Hit(m.start(1), m.end(), "EMAIL", 850_000, ("obfuscated",))
    if "%40" in view.text:
        for m in _ESCAPED.finditer(view.text):
            yield Hit(m.start(), m.end(), "EMAIL", 900_000, ("escaped",))
    if "@" in view.text:
        for rule, sign in _AFTER_A_LOOK:
            for m in rule.finditer(view.lower) if sign.search(view.lower) else ():
                yield Hit(m.start(), m.end(), "EMAIL", 880_000, ("obfuscated",))
        for m in _SPREAD.finditer(view.text) if _APART.search(view.text) else ():
            if (
                re.search(r"(?:com|net|kr|org|io)$", m[2].replace(" ", "").lower())
                and m[1].count(" ") * 2 >= len(m[1]) - 3
            ):
                yield Hit(m.start(), m.end(), "EMAIL", 880_000, ("spread",))


def _real(local: str, domain: str, tld: str) -> bool:
    if tld.lower() in _FILES or local.lower() == "git":
        return False
    return re.match(r"v?\d+(?:\.|x\.)", domain) is None or domain[0].isalpha()


EMAIL = Recognizer("email", ("EMAIL",), K_EMAIL, find)
