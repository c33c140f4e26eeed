"""All Korean recognizers for a Presidio AnalyzerEngine, in one call, offline.

    from anonymizers.presidio import analyzer_engine
    analyzer_engine().analyze("제 번호는 010-1234-5678입니다", language="ko")

or, for an engine of one's own, `load_predefined(engine.registry)`. The NLP engine is Kiwi
(anonymizers.kiwi_nlp): no spaCy model, nothing downloaded.
"""

from __future__ import annotations

from typing import Final

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

from anonymizers.kiwi_nlp import KiwiNlpEngine
from anonymizers.recognizers.account_handle import AccountHandleRecognizer
from anonymizers.recognizers.address import AddressRecognizer
from anonymizers.recognizers.age import AgeRecognizer
from anonymizers.recognizers.alien_reg import AlienRegRecognizer
from anonymizers.recognizers.bank_account import BankAccountRecognizer
from anonymizers.recognizers.base import KoreanRecognizer
from anonymizers.recognizers.birth_date import BirthDateRecognizer
from anonymizers.recognizers.business_reg import BusinessRegRecognizer
from anonymizers.recognizers.card import CardRecognizer
from anonymizers.recognizers.corporate_reg import CorporateRegRecognizer
from anonymizers.recognizers.credential import CredentialRecognizer
from anonymizers.recognizers.customs_code import CustomsCodeRecognizer
from anonymizers.recognizers.driver_licence import DriverLicenceRecognizer
from anonymizers.recognizers.email import EmailRecognizer
from anonymizers.recognizers.employee_no import EmployeeNoRecognizer
from anonymizers.recognizers.geo_coordinate import GeoCoordinateRecognizer
from anonymizers.recognizers.health_insurance import HealthInsuranceRecognizer
from anonymizers.recognizers.ip_address import IpAddressRecognizer
from anonymizers.recognizers.mac_address import MacAddressRecognizer
from anonymizers.recognizers.military_no import MilitaryNoRecognizer
from anonymizers.recognizers.passport import PassportRecognizer
from anonymizers.recognizers.person import PersonRecognizer
from anonymizers.recognizers.phone import PhoneRecognizer
from anonymizers.recognizers.postcode import PostcodeRecognizer
from anonymizers.recognizers.rrn import RrnRecognizer
from anonymizers.recognizers.sensitive_information import SensitiveInformationRecognizer
from anonymizers.recognizers.student_no import StudentNoRecognizer
from anonymizers.recognizers.table_cells import TableCellsRecognizer
from anonymizers.recognizers.vehicle_plate import VehiclePlateRecognizer

STRUCTURED_CLASSES: Final[tuple[type[KoreanRecognizer], ...]] = (
    RrnRecognizer,
    AlienRegRecognizer,
    PassportRecognizer,
    DriverLicenceRecognizer,
    CorporateRegRecognizer,
    BusinessRegRecognizer,
    CustomsCodeRecognizer,
    HealthInsuranceRecognizer,
    MilitaryNoRecognizer,
    PhoneRecognizer,
    EmailRecognizer,
    BankAccountRecognizer,
    CardRecognizer,
    VehiclePlateRecognizer,
    AddressRecognizer,
    PostcodeRecognizer,
    BirthDateRecognizer,
    AgeRecognizer,
    IpAddressRecognizer,
    MacAddressRecognizer,
    GeoCoordinateRecognizer,
    AccountHandleRecognizer,
    TableCellsRecognizer,
    StudentNoRecognizer,
    EmployeeNoRecognizer,
    CredentialRecognizer,
)


def load_predefined(registry: RecognizerRegistry, *, names: bool = True, sensitive: bool = True) -> RecognizerRegistry:
    """Adds the structured recognizers, and those of person names and sensitive sentences, to a registry."""
    for recognizer in STRUCTURED_CLASSES:
        registry.add_recognizer(recognizer())
    if names:
        registry.add_recognizer(PersonRecognizer())
    if sensitive:
        registry.add_recognizer(SensitiveInformationRecognizer())
    return registry


def analyzer_engine() -> AnalyzerEngine:
    """A Presidio engine for Korean with all of ours and nothing else."""
    registry = load_predefined(RecognizerRegistry(supported_languages=["ko"]))
    return AnalyzerEngine(registry=registry, nlp_engine=KiwiNlpEngine(), supported_languages=["ko"])
