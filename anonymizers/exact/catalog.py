"""The structured recognizers, in one tuple: what analyze() runs and what the Presidio loader wraps."""

from __future__ import annotations

from typing import Final

from anonymizers.exact.account_handle import ACCOUNT_HANDLE
from anonymizers.exact.address import ADDRESS
from anonymizers.exact.age import AGE
from anonymizers.exact.alien_reg import ALIEN_REG
from anonymizers.exact.bank_account import BANK_ACCOUNT
from anonymizers.exact.birth_date import BIRTH_DATE
from anonymizers.exact.business_reg import BUSINESS_REG
from anonymizers.exact.card import CARD
from anonymizers.exact.corporate_reg import CORPORATE_REG
from anonymizers.exact.credential import CREDENTIAL
from anonymizers.exact.customs_code import CUSTOMS_CODE
from anonymizers.exact.driver_licence import DRIVER_LICENCE
from anonymizers.exact.email import EMAIL
from anonymizers.exact.employee_no import EMPLOYEE_NO
from anonymizers.exact.geo_coordinate import GEO_COORDINATE
from anonymizers.exact.health_insurance import HEALTH_INSURANCE
from anonymizers.exact.hit import Recognizer
from anonymizers.exact.ip_address import IP_ADDRESS
from anonymizers.exact.mac_address import MAC_ADDRESS
from anonymizers.exact.military_no import MILITARY_NO
from anonymizers.exact.passport import PASSPORT
from anonymizers.exact.phone import PHONE
from anonymizers.exact.postcode import POSTCODE
from anonymizers.exact.rrn import RRN
from anonymizers.exact.student_no import STUDENT_NO
from anonymizers.exact.table_cells import TABLE_CELLS
from anonymizers.exact.vehicle_plate import VEHICLE_PLATE

STRUCTURED: Final[tuple[Recognizer, ...]] = (
    RRN,
    ALIEN_REG,
    PASSPORT,
    DRIVER_LICENCE,
    CORPORATE_REG,
    BUSINESS_REG,
    CUSTOMS_CODE,
    HEALTH_INSURANCE,
    MILITARY_NO,
    PHONE,
    EMAIL,
    BANK_ACCOUNT,
    CARD,
    VEHICLE_PLATE,
    ADDRESS,
    POSTCODE,
    BIRTH_DATE,
    AGE,
    IP_ADDRESS,
    MAC_ADDRESS,
    GEO_COORDINATE,
    ACCOUNT_HANDLE,
    TABLE_CELLS,
    STUDENT_NO,
    EMPLOYEE_NO,
    CREDENTIAL,
)
