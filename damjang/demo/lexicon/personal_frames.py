"""Sentences in which people give personal information away, by entity type; 해요체 and 합쇼체, particles by agreement."""

# ruff: noqa: E501  (a line is a handful of phrases)

from __future__ import annotations

FRAMES: dict[str, tuple[str, ...]] = {
    "MOBILE": (
        "연락은 {@MOBILE:으로} 주세요.", "제 번호가 {@MOBILE}인데 문자 주시면 답할게요.", "급하시면 {@MOBILE:으로} 전화 부탁드려요.", "{@MOBILE:은} {clock} 이후에만 받아요.",
        "{@PERSON} 앞으로 {@MOBILE} 적어 주시면 돼요.", "문의는 {@MOBILE}, {clock}까지 받습니다.",
    ),
    "PHONE": ("가게 번호는 {@PHONE:이고} {clock}까지 받아요.", "사무실 {@PHONE:으로} 걸었더니 {lo}분 만에 연결됐어요.", "집 전화 {@PHONE:으로} 남겨 주세요.", "{@PHONE:이} 계속 통화 중이네요."),
    "EMAIL": (
        "자료 필요하신 분은 {@EMAIL:으로} 메일 주세요.", "{@EMAIL:으로} 보냈는데 {lo9}일째 답이 없네요.", "받는 주소는 {@EMAIL}입니다.", "제 메일은 {@EMAIL:이에요}.", "{@EMAIL}에 사진 {lo9}장 첨부했습니다.",
    ),
    "ADDRESS": (
        "택배는 {@ADDRESS:으로} 보내 주시면 돼요.", "저희 집이 {@ADDRESS}인데 {lo}분 거리예요.", "주소는 {@ADDRESS}입니다.", "{@ADDRESS}에서 {lo9}년째 살고 있어요.", "모임 장소는 {@ADDRESS}, {clock}까지 오세요.",
    ),
    "POSTCODE": ("우편번호는 {@POSTCODE:이고} 주소는 {@ADDRESS}입니다.", "(우 {@POSTCODE}) {@ADDRESS:으로} 보내 주세요."),
    "PERSON": (
        "담당하신 {@PERSON} 기사님이 정말 친절하셨어요.", "{@PERSON} 선생님 덕분에 {lo9}주 만에 해냈어요.", "예약자는 {@PERSON:이에요}.", "{@PERSON} 씨가 {price} 보내 주셨습니다.", "안녕하세요, {town} 사는 {@PERSON}입니다.",
        "{@PERSON} 님, {@PERSON2} 님 두 분 다 고맙습니다.", "친구 {@PERSON:이랑} 같이 갔어요.", "{@PERSON:이라고} 합니다, 잘 부탁드려요.", "제 짝꿍은 {@PERSON:이었}어요.",
    ),
    "BIRTH_DATE": ("생년월일은 {@BIRTH_DATE:이고} 결혼한 지 {lo9}년 됐어요.", "저는 {@BIRTH_DATE}생이라 혜택을 못 받았어요.", "회원 정보에 생년월일이 {@BIRTH_DATE:으로} 잘못 들어갔네요.", "{@PERSON}, 생년월일 {@BIRTH_DATE:으로} 예약돼 있습니다."),
    "AGE": ("저는 올해 {@AGE:이고} {town}에 살아요.", "{@AGE} 직장인인데 이제 시작해도 될까요?", "아버지가 {@AGE:이} 되시면서 그만두셨어요.", "어머니는 {@AGE}인데 저보다 잘하세요."),
    "BANK_ACCOUNT": (
        "입금은 {bank} {@BANK_ACCOUNT} {@PERSON} 앞으로 부탁드려요.", "계좌는 {bank} {@BANK_ACCOUNT:이에요}.", "{bank} {@BANK_ACCOUNT:으로} {price} 보내면 끝나요.", "환불받을 계좌번호 {@BANK_ACCOUNT}({bank}) 남깁니다.",
    ),
    "CARD": ("카드 번호 {@CARD:으로} {price:이} 결제됐다고 문자가 왔어요.", "{@CARD} 이 카드만 안 긁히네요.", "신용카드 {@CARD:을} 등록했는데 오류가 나요."),
    "CREDENTIAL": ("와이파이 비밀번호는 {@CREDENTIAL:이에요}.", "비번이 {@CREDENTIAL:으로} 바뀌었대요.", "공동 현관 말고 사이트 비밀번호 {@CREDENTIAL:으로} 들어가 보세요."),
    "VEHICLE_PLATE": ("{@VEHICLE_PLATE} 차주분 전화 좀 받아 주세요.", "차량번호 {@VEHICLE_PLATE:이} 제 차를 긁고 갔어요.", "{@VEHICLE_PLATE:은} {lo}일째 같은 자리에 서 있네요."),
    "IP_ADDRESS": ("접속 기록에 {@IP_ADDRESS:이} 찍혀 있더라고요.", "차단된 주소가 {@IP_ADDRESS:이라고} 나옵니다.", "공유기를 {@IP_ADDRESS:으로} 잡았어요."),
    "MAC_ADDRESS": ("공유기 맥 주소가 {@MAC_ADDRESS}인데 등록이 안 돼요.", "기기 MAC 주소 {@MAC_ADDRESS:을} 허용 목록에 넣었습니다."),
    "GEO_COORDINATE": ("포인트 좌표는 {@GEO_COORDINATE}입니다.", "위도 경도로는 {@GEO_COORDINATE} 근처였어요."),
    "ACCOUNT_HANDLE": ("카톡 아이디 {@ACCOUNT_HANDLE:으로} 추가해 주세요.", "인스타그램 {@ACCOUNT_HANDLE2:을} 보시면 사진이 {lo}장 있어요.", "게임 아이디가 {@ACCOUNT_HANDLE}인데 친구 걸어 주세요.", "텔레그램 {@ACCOUNT_HANDLE2:으로} 연락 주세요."),
    "CUSTOMS_CODE": ("개인통관고유부호 {@CUSTOMS_CODE:으로} 넣었는데 오류가 났어요.", "통관부호는 {@CUSTOMS_CODE:이에요}."),
    "HEALTH_INSURANCE": ("건강보험증 번호 {@HEALTH_INSURANCE:을} 넣으니까 조회가 되네요.", "건강보험 증번호는 {@HEALTH_INSURANCE}입니다."),
    "MILITARY_NO": ("군번이 {@MILITARY_NO:이었}던 동기를 찾습니다.", "제 군번 {@MILITARY_NO:을} 아직도 외워요."),
    "STUDENT_NO": ("학번 {@STUDENT_NO} {@PERSON}입니다.", "{univ} 학번 {@STUDENT_NO}인데 조원 구해요."),
    "EMPLOYEE_NO": ("사번 {@EMPLOYEE_NO:으로} 로그인이 안 돼요.", "사원번호 {@EMPLOYEE_NO:을} 적어 냈습니다."),
    "BUSINESS_REG": ("사업자등록번호 {@BUSINESS_REG:으로} 세금계산서 부탁드립니다.", "사업자번호는 {@BUSINESS_REG:이에요}."),
    "CORPORATE_REG": ("법인등록번호 {@CORPORATE_REG:으로} 조회했더니 {lo9}년 전에 생긴 회사였어요.", "계약서에 법인번호 {@CORPORATE_REG:이} 적혀 있네요."),
    "HEALTH": ("저는 {lo9}년 전에 {@HEALTH} 진단을 받았어요.", "제가 {@HEALTH} 때문에 약을 {lo9}년째 먹고 있거든요.", "작년에 {@HEALTH:으로} 입원했어요."),
    "CREED": ("저는 {@CREED} 신자라서 일요일에는 못 나가요.", "저희 집은 {@CREED:을} 믿어요."),
    "UNION": ("저는 {@UNION} 조합원이에요.", "올해 {@UNION}에 가입했습니다."),
    "CRIMINAL_RECORD": ("제가 예전에 {@CRIMINAL_RECORD} 전과가 있어요.", "저는 {@CRIMINAL_RECORD:으로} 집행유예를 받은 적이 있습니다."),
    "BIOMETRIC": ("제가 {@BIOMETRIC} 결과에서 양성이 나왔어요.",),
    "ETHNICITY": ("저희 어머니는 {@ETHNICITY} 출신이세요.", "저는 {@ETHNICITY} 혼혈이에요."),
    "RRN": ("주민등록번호 {@RRN:으로} 조회가 안 된대요.", "신청서에 {@RRN:을} 그대로 적어 냈어요.", "주민번호는 {@RRN}입니다.", "{@PERSON}({@RRN}) 앞으로 서류가 왔어요."),
    "ALIEN_REG": ("외국인등록번호는 {@ALIEN_REG:이에요}.", "등록증에 {@ALIEN_REG:이} 찍혀 있습니다."),
    "PASSPORT": ("여권번호 {@PASSPORT:으로} 예약했어요.", "여권 번호가 {@PASSPORT}인데 영문 이름이 틀렸어요."),
    "DRIVER_LICENCE": ("면허번호 {@DRIVER_LICENCE:을} 넣으라고 하네요.", "운전면허증 {@DRIVER_LICENCE}, 갱신이 {lo9}달 남았어요."),
    "MOBILE_HARD": ("번호는 {@MOBILE} 이에요, 띄어쓰기 빼고 거세요.", "연락처 {@MOBILE} 남겨 둘게요."),
    "RRN_HARD": ("주민번호 {@RRN} 이렇게 적었어요.",),
}  # fmt: skip

BANKS = ("국민은행", "신한은행", "우리은행", "카카오뱅크", "농협", "하나은행", "기업은행", "토스뱅크")
DISEASES = (
    "우울증",
    "당뇨병",
    "갑상선암",
    "공황장애",
    "고혈압",
    "간염",
    "유방암",
    "뇌전증",
    "류머티즘 관절염",
    "조현병",
)
CREEDS = ("천주교", "개신교", "불교", "원불교", "이슬람교")
UNIONS = ("노동조합", "금속노조", "전교조", "공무원노조", "새벽당", "푸른당")
CRIMES = ("절도", "음주운전", "사기", "폭행", "횡령")
BIOMETRICS = ("유전자 검사", "유전체 검사", "염색체 검사")
ETHNICITIES = ("고려인", "조선족", "베트남계", "몽골계", "화교")

CHILD_AUTHOR = (
    "저는 초등학교 {grade}학년이에요.", "초{grade} 남자인데 질문이 있어요.", "저는 올해 {@AGE}인데 이거 해도 되나요?", "저는 중1인데 용돈이 {price}밖에 없어요.", "안녕하세요, 저는 {@AGE:이에요}.", "초등학교 {grade}학년인데 엄마 몰래 써요.",
    "저는 초{grade}이고 {item:을} 좋아해요.", "제가 {@AGE:이라}서 회원 가입이 안 된대요.",
)  # fmt: skip
CHILD_MENTION = (
    "우리 아이가 초등학교 {grade}학년이라 같이 갔어요.", "조카가 {@AGE}인데 정말 좋아하네요.", "초{grade} 딸이랑 둘이서 했습니다.", "큰애가 {@AGE} 때 쓰던 걸 물려줬어요.", "저는 초등학교 교사라서 {lo}명을 데리고 다녀요.", "아들이 중1인데 저보다 잘해요.",
)  # fmt: skip
