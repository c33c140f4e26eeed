# ruff: noqa: E501 - patterns read better on long lines
"""CREDENTIAL, passwords, one-time codes and API keys. 안전성 확보조치 기준 7.

Criteria
1. A password label, then a particle, colon or equals sign, then 4 to 64 printable ASCII characters: with a digit or a mark
   among them after a Korean label (or letters alone, if nothing but a copula follows: 비번은 abcdefgh예요), with digit and
   letter after an English one; digits alone (at least four) after
   비번, 비밀번호, PIN, OTP, 인증번호.
2. Codes: digits of a door, lock or entrance with * and # (공동현관 *1234#), CVC and first digits of a PIN, one-time codes
   with a space inside, or at some distance behind the label (인증번호 왔어? 123456).
3. Not one: a length or a count (8자 이상), a placeholder (****), code (a call, a type, a property access).
4. Keys of well-known shape: AWS, Google, GitHub, OpenAI-like sk-, Slack, Stripe, GitLab, npm, JWT, SendGrid, PEM private
   key headers; user:password@ in an address.

Score .7 to .99. Evidence: context:secret, key-shape, url.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from anonymizers.exact.hit import Hit, Recognizer
from anonymizers.gate import K_SECRET
from anonymizers.normalize import View

_KOREAN: Final = r"비밀\s?번호|비번|패스워드|패스코드|(?<![가-힣])암호|(?<![A-Z])인증\s?번호|인증키|접속키|보안\s?코드|핀\s?번호|시크릿\s?키?|액세스\s?키|(?:api|API)\s?키|토큰"
_DOOR: Final = re.compile(
    r"(?:공동\s?현관|현관|도어\s?락|디지털\s?락|출입문|출입|대문|로비|자동문|번호키|열쇠함|사물함|락커|경비실|무인\s?택배함)[^0-9\n*#]{0,20}(?P<v>[*#]?[0-9]{4,8}(?:[*#][0-9]{0,8}){0,2}|[*#][0-9]{3,8}(?:[*#][0-9]{0,8}){0,2})"
    r"(?![0-9A-Za-z]|[\-.,:/][0-9]|\s?(?:원|명|개|호|동|층|년|월|일|시|분|번길|m|km|%|만|억|세대|가구))"
)
_FIRST: Final = re.compile(
    r"(?:비밀\s?번호|비번|핀\s?번호|pin|PIN)\s?(?:의\s?)?앞\s?(?:두\s?자리|2\s?자리|두자리|자리)\s?(?:은|는|이|가|:)?\s{0,2}(?P<v>[0-9]{2})(?![0-9])"
)
_STARRED: Final = re.compile(
    r"(?:비밀\s?번호|비번)[^0-9\n*#]{0,30}(?<![0-9A-Za-z])(?P<v>[0-9]{4,8}(?:[*#][0-9]{0,8}){1,2}|[*#][0-9]{4,8}(?:[*#][0-9]{0,8}){0,2})"
)
_SPLIT: Final = re.compile(
    r"(?:OTP|otp|일회용\s?(?:비밀\s?)?번호|(?<![A-Z])(?:인증|확인|백업|복구)\s?(?:번호|코드)|인증\s?문자)[^0-9\n]{0,20}?(?:\n[^0-9\n]{0,14}?)?(?<![0-9A-Za-z\-])(?P<v>(?:[A-Z]-)?[0-9]{3}[ \-]?[0-9]{3}|[0-9](?: [0-9]){5}|[0-9]{4}-[0-9]{4}|[A-Z]{1,3}-[0-9]{3,6}|[0-9]{4}(?:[0-9]{2})?|[공영일이삼사오육칠팔구]{3}[ ][공영일이삼사오육칠팔구]{3}(?![가-힣])|[공영일이삼사오육칠팔구]{4,8}?(?=이?(?:요|에요|예요|입니다|고|래)|[\s.,]|$))"
    r"(?![0-9A-Za-z]|[ ]?[\-.,:/][0-9]|\s?(?:원|명|개|자리|회|초|분|시간|번\s?안내|년|월|일|호|건))"
)
_CVC: Final = re.compile(
    r"(?:CVC|cvc|CVV|cvv|씨브이씨)[^0-9\n]{0,14}?(?P<v>[0-9]{3,4}|(?:(?<=자리 )|(?<=[은는:이가] )|(?<=[은는:이가]))[공영일이삼사오육칠팔구]{3,4}(?=입니다|이?에요|예요|이?고|이?요|[^가-힣]|$))(?![0-9A-Za-z]|[\-.,:/][0-9]|\s?(?:자리|글자|원|개))"
)
_PIN: Final = re.compile(
    r"(?:핀|핀\s?번호|(?<![A-Za-z])PIN|(?<![A-Za-z])pin)(?:[이은는가을]|\s?[:=]|\s?번호[는은가]?)\s?(?P<v>[0-9]{4,8})(?![0-9A-Za-z]|[\-.,:/][0-9]|\s?(?:자리|개|원|회))"
)
_TOKEN_APART: Final = re.compile(  # 비번 까먹었어요. 원래 abcd77^^ 였는데
    r"(?:비밀\s?번호|비번|패스워드|(?<![가-힣])암호)[^!-~\n]{0,30}(?:[.,;:!?()]{1,2}[^!-~\n]{1,24}){0,2}(?:\n(?:\[?[0-9]{1,2}:[0-9]{2}\]?)?[^!-~\n]{0,10}:?[ ])?"
    r"(?P<v>(?=[!-~]{0,30}[A-Za-z])(?=[!-~]{0,30}[0-9])[A-Za-z0-9][!-~]{6,30})(?=[ ,)\]가-힣]|$|\n)"
)
_ENTERED: Final = re.compile(  # 키오스크에 7742# 누르시고
    r"(?<![0-9A-Za-z\-.,])(?P<v>[0-9]{3,8}[*#][*#0-9]{0,8}|[*#][0-9]{3,8}[*#]?)[ ]?(?:을|를|번|도)?[ ]?(?:누르|눌러|누른|입력)"
)
_BELL: Final = re.compile(r"(?:비밀\s?번호|비번)[^0-9\n]{0,12}?(?P<v>[종별][0-9]{4,8}[종별#*]?)(?![0-9A-Za-z])")
_HANGUL_FIRST: Final = re.compile(
    r"(?:비밀\s?번호|비번|패스워드|암호)(?:[은는]|\s?:)\s?(?P<v>[가-힣]{1,8}[0-9]{2,8}[!@#$%^&*]{1,4})(?![!-~])"
)
_APP: Final = re.compile(
    r"(?i:pass(?:word)?|pwd|pw|비밀번호|비번)['\"]?\s?[:=]\s?['\"]?(?P<v>[a-z]{4}(?: [a-z]{4}){3})(?![a-z])"
)
_CODE: Final = re.compile(
    r"(?:인증|확인|초대|백업|복구|일회용|접속|참가)[^\n]{0,40}?코드[^A-Za-z0-9\n]{0,10}(?P<v>(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,8})(?![A-Za-z0-9])"
)
_WITH_HANGUL: Final = re.compile(
    r"(?:비밀\s?번호|비번|패스워드|(?<![A-Za-z])(?:PW|pw|Pw|password|Password))(?:\s?(?:은|는|:|=)\s{0,2}|\s{1,2})(?P<v>[!-~]{2,30}[가-힣]{1,10}[!-~]{1,30})(?![!-~])"
)
_ENGLISH: Final = r"password|passwd|passcode|passphrase|(?<![a-z])pwd|(?<![a-z])pw|(?<![a-z])secret(?:[_ ]?access)?(?:[_ ]?key)?|(?:access|api|auth)[_ \-]?(?:key|token)|(?<![a-z])token|(?<![a-z])pin|(?<![a-z])otp|(?<![a-z])cv[cv]|(?<![a-z])psk"
_LINK: Final = r"\s?(?:\([^()\n]{0,10}\))?\s?(?:은|는|이|가|을|를|도|:|=|→|->|/)\s{0,2}(?:제|내|각각|일단|임시로|현재)?\s?['\"`(\[]?"
_VALUE: Final = r"(?P<v>[!-~]{4,64})"
_AFTER_KOREAN: Final = re.compile(rf"(?:{_KOREAN})(?:{_LINK}|\s?[\[(]|\s[\[(]?){_VALUE}")
_AFTER_ENGLISH: Final = re.compile(rf"(?:{_ENGLISH})['\"]?\s?(?:[:=]|은|는|이|가)\s{{0,2}}['\"`]?{_VALUE}")
_AFTER_PW: Final = re.compile(rf"(?<![A-Za-z])(?:PW|pw|Pw|pwd|PWD|password|Password)\s{_VALUE}")
_AFTER_CODE: Final = re.compile(
    r"(?<![A-Za-z])(?:OTP|otp|PIN|pin|CVC|cvc|CVV|cvv)(?:\s|\s?(?:번호|코드)\s?(?:[:=은는]\s?)?)(?P<v>[0-9]{3,8})(?![0-9A-Za-z.\-,])"
)
_SPELLED: Final = re.compile(
    r"(?:비밀\s?번호|비번|인증\s?번호)\s?(?:은|는|이|가|:)?\s{0,2}(?P<v>[공영일이삼사오육칠팔구](?:[ \-]?[공영일이삼사오육칠팔구]){3,11}(?<!이))(?=입니다|이에요|예요|에요|이?고(?![가-힣])|이?며|인데|이?요(?![가-힣])|임(?![가-힣])|으?로\s|[^가-힣]|$)"
)
_COUNTED: Final = re.compile(  # 비밀번호 하나 넷 둘 여덟
    r"(?:비밀\s?번호|비번|암호)\s?(?:은|는|이|가|:)?\s{0,2}(?P<v>(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|[공영])(?:[ ,]{1,2}(?:하나|둘|셋|넷|다섯|여섯|일곱|여덟|아홉|[공영])){3,7})(?![가-힣]{2})"
)
_LETTERS: Final = re.compile(  # letters alone: only as the whole of what a Korean label names
    r"(?:비밀\s?번호|비번|패스워드|(?<![가-힣])암호)\s?(?:은|는|이|가|도|:|=|→)?\s{0,2}(?:제|내|임시로|현재)?\s?(?P<q>['\"]?)(?P<v>[A-Za-z]{4,20})(?P=q)"
    r"\s?(?P<tail>입니다|이에요|예요|에요|이야|이고|이며|인데|이었|였|임(?![가-힣])|이라|(?:으로|로)\s(?:바꿨|변경|설정|해|초기화|로그인|접속|들어)|요(?![가-힣])|(?=[\s.,/]*(?:\n|$)))"
)
_NO_PASSWORD: Final = re.compile(
    r"(?i)string|text|null|none|true|false|undefined|object|hash|hashed|bcrypt|scrypt|argon|sha|md5?|aes|salt|plain|plaintext|required|optional|password|passwd|pass|reset|change"
    r"|confirm|input|field|value|type|label|form|submit|login|logout|secret|token|varchar|char|bytes|encrypted|encoder|encode|html|http|https|page|error|code|here|todo|example|test"
)
_PLAIN_WORD: Final = re.compile(
    r"[A-Za-z]{1,12}[\-.]?[0-9.]{1,4}[a-z]?|[0-9]{1,4}[A-Za-z]{1,8}|v?[0-9.]+|[A-Z0-9\-]{1,7}|(?:SHA|AES|MD|RSA|UTF)-?[0-9]+"
)
_COUNT: Final = re.compile(
    r"[ ]?(?:자리|자(?![가-힣])|글자|회(?![원사])|개|번|분(?![가-힣])|초(?![기대])|일(?![가-힣])|년|월|가지|이상|이하|원|명|조|항|호(?!스트)|%|byte|bit)"
)
_KEYS: Final = re.compile(
    r"(?<![A-Za-z0-9_\-])(?:"
    r"A(?:KIA|SIA)[0-9A-Z]{16}|AIza[0-9A-Za-z_\-]{35}|gh[pousr]_[0-9A-Za-z]{30,251}|github_pat_[0-9A-Za-z_]{22,255}"
    r"|sk-(?:proj-|ant-)?[0-9A-Za-z_\-]{20,200}|[a-z]{2,3}_(?:live|test)_[0-9A-Za-z]{10,99}|xox[abprs]-[0-9A-Za-z\-]{10,200}"
    r"|glpat-[0-9A-Za-z_\-]{20,64}|npm_[0-9A-Za-z]{36}|hf_[0-9A-Za-z]{20,64}|SG\.[\w\-]{16,64}\.[\w\-]{16,64}|ya29\.[\w\-]{20,255}"
    r"|eyJ[\w\-]{8,2000}\.[\w\-]{8,2000}\.[\w\-]{8,2000}"
    r")(?![A-Za-z0-9_])"
)
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----")
_URL: Final = re.compile(r"[a-z][a-z0-9+]{1,12}://(?P<v>[^\s:/@]{1,64}:[^\s/@]{3,64})@[A-Za-z0-9]")
_MARK: Final = re.compile(r"[^A-Za-z0-9]")
_BOTH: Final = re.compile(r"(?:아이디|계정|id|ID)\s?/\s?$")
_NEXT: Final = re.compile(r"&(?=[a-z_]{1,20}=)|[\"'],|</[a-z]")
"""Where the next field of a record begins: &tel=…, ","."""
_TRAIL: Final = ".,;:!?)]}'\"`>"
_SECRET: Final = (
    "비밀", "비번", "패스", "암호", "인증", "접속키", "보안", "핀", "시크릿", "액세스", "api", "토큰", "pass", "pwd", "pw", "secret", "key",
    "token", "pin", "otp", "cvc", "cvv", "psk", "일회용", "확인", "백업", "복구", "씨브이", "코드",
)  # fmt: skip
_DOORS: Final = (
    "현관",
    "도어",
    "출입",
    "대문",
    "로비",
    "자동문",
    "번호키",
    "열쇠함",
    "사물함",
    "락커",
    "경비실",
    "택배함",
    "디지털",
)
"""Plain searches: a hundred times as fast as an alternation that is tried at every character."""
_KEY_HEAD: Final = re.compile(
    r"A[KS]IA|AIza|_live_|_test_|gh[pousr]_|github_pat_|sk-|[sp]k_|xox|glpat-|npm_|hf_|SG\.|ya29|eyJ"
)


def find(view: View) -> Iterator[Hit]:
    """Hits of type CREDENTIAL in a view."""
    secret = any(word in view.lower for word in _SECRET)
    for rule, english in () if not secret else ((_AFTER_KOREAN, False), (_AFTER_ENGLISH, True), (_AFTER_PW, True)):
        for m in rule.finditer(view.lower if rule is _AFTER_ENGLISH else view.text):
            if rule is _AFTER_PW and not (any(c.isdigit() for c in m["v"]) and any(c.isalpha() for c in m["v"])):
                continue
            hit = _judge(view, m, english)
            if hit:
                yield hit
    for m in _AFTER_CODE.finditer(view.text) if secret else ():
        if not _COUNT.match(view.text, m.end()):
            yield Hit(*m.span("v"), "CREDENTIAL", 800_000, ("context:secret",))
    korean = secret and any(word in view.text for word in ("비밀", "비번", "패스워드", "암호"))
    for m in _LETTERS.finditer(view.text) if korean else ():
        if _NO_PASSWORD.fullmatch(m["v"]) is None and (m["tail"] or (m["v"].islower() and len(m["v"]) > 5)):
            yield Hit(*m.span("v"), "CREDENTIAL", 700_000, ("context:secret", "letters"))
    for rule in (_SPLIT, _CVC, _FIRST, _STARRED, _PIN, _APP, _CODE, _BELL, _HANGUL_FIRST) if secret else ():
        for m in rule.finditer(view.text):
            yield Hit(*m.span("v"), "CREDENTIAL", 780_000, ("context:secret", "code"))
    for m in _TOKEN_APART.finditer(view.text) if secret else ():
        value = m["v"].rstrip(_TRAIL.replace("!", ""))
        if len(value) > 6 and _PLAIN_WORD.fullmatch(value) is None and not any(c in value for c in "(){}<>/=;"):
            yield Hit(m.start("v"), m.start("v") + len(value), "CREDENTIAL", 700_000, ("context:secret", "apart"))
    for m in _ENTERED.finditer(view.text) if "#" in view.text or "*" in view.text else ():
        yield Hit(*m.span("v"), "CREDENTIAL", 780_000, ("context:door",))
    for m in _WITH_HANGUL.finditer(view.text) if secret else ():
        if any(c.isdigit() for c in m["v"]) and not any(c in m["v"] for c in "(){}<>/"):
            yield Hit(*m.span("v"), "CREDENTIAL", 800_000, ("context:secret",))
    for m in _DOOR.finditer(view.text) if any(word in view.text for word in _DOORS) else ():
        if not m["v"].isdigit() or (secret and ("번" in m[0] or "코드" in m[0])):
            yield Hit(*m.span("v"), "CREDENTIAL", 780_000, ("context:door",))
    for rule in (_SPELLED, _COUNTED) if secret else ():
        for m in rule.finditer(view.text):
            yield Hit(*m.span("v"), "CREDENTIAL", 800_000, ("context:secret", "spelled"))
    for m in _KEYS.finditer(view.text) if _KEY_HEAD.search(view.text) else ():
        yield Hit(m.start(), m.end(), "CREDENTIAL", 990_000, ("key-shape",))
    for m in _PEM.finditer(view.text) if "-----BEGIN" in view.text else ():
        yield Hit(m.start(), m.end(), "CREDENTIAL", 950_000, ("key-shape",))
    for m in _URL.finditer(view.text) if "://" in view.text and "@" in view.text else ():
        yield Hit(*m.span("v"), "CREDENTIAL", 930_000, ("url",))


def _judge(view: View, m: re.Match[str], english: bool) -> Hit | None:
    start, value = m.start("v"), view.text[m.start("v") : m.end("v")]
    both = _BOTH.search(view.text, max(m.start() - 8, 0), m.start())
    if both and "/" in value:  # 아이디/비번: hong/pass
        start, value = start + value.index("/") + 1, value[value.index("/") + 1 :]
    if start and view.text[start - 1] in "\"'`" and view.text[start - 1] in value:
        value = value[: value.index(view.text[start - 1])]  # "pw":"abc1!","email":…
    value = _NEXT.split(value, maxsplit=1)[0]
    stripped = value.rstrip(_TRAIL)
    if any(c.isalpha() for c in stripped):  # pa55word!! is a password, 1234! an exclamation
        while value[len(stripped) : len(stripped) + 1] == "!":
            stripped += "!"
    end = start + len(stripped)
    if len(stripped) < 4 or _COUNT.match(view.text, end):
        return None
    digit = any(c.isdigit() for c in stripped)
    letter = any(c.isalpha() for c in stripped)
    mark = _MARK.search(stripped) is not None
    if (
        set(stripped) <= set("*xX.-_•#")
        or any(c in stripped for c in "(){}<>")
        or stripped.startswith(("http", "$", "./", "//"))
    ):
        return None
    if english:
        plain = digit and (letter or len(stripped) <= 8)
        if not plain or re.search(r"\.[a-z]+[A-Z]?", stripped) or stripped.endswith(("=", "[")):
            return None
    elif not digit and not (mark and letter and any(c in stripped for c in "!@#$%^&*")):
        return None
    if re.fullmatch(r"\d{1,4}[.\-/]\d{1,2}[.\-/]\d{1,2}|(?:SHA|AES|MD|RSA|UTF|WPA|TLS|SSL|bcrypt)-?[0-9]+", stripped):
        return None
    return Hit(start, end, "CREDENTIAL", 930_000 if letter and digit else 850_000, ("context:secret",))


CREDENTIAL = Recognizer("credential", ("CREDENTIAL",), K_SECRET, find)
