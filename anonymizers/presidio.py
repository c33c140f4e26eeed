"""All Korean recognizers for a Presidio AnalyzerEngine, in one call, offline.

    from anonymizers.presidio import analyzer_engine
    analyzer_engine().analyze("제 번호는 010-1234-5678입니다", language="ko")

Its results are settled as `anonymizers.analyze` settles them: no two overlap, evidence chooses the label, and where a
stricter reading overlaps, recognition_metadata["action_type"] names it. For an engine of one's own:
`load_predefined(engine.registry)`, then `settled(engine.analyze(...))`. The NLP engine is Kiwi (anonymizers.kiwi_nlp):
no spaCy model, nothing downloaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, RecognizerResult

from anonymizers.findings import Finding, resolve
from anonymizers.kiwi_nlp import KiwiNlpEngine
from anonymizers.recognizers.account_handle import AccountHandleRecognizer
from anonymizers.recognizers.address import AddressRecognizer
from anonymizers.recognizers.age import AgeRecognizer
from anonymizers.recognizers.alien_reg import AlienRegRecognizer
from anonymizers.recognizers.bank_account import BankAccountRecognizer
from anonymizers.recognizers.base import ACTION_TYPE, KoreanRecognizer
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


class SettledEngine(AnalyzerEngine):  # type: ignore[misc]  # Presidio has no types
    """An AnalyzerEngine whose results are settled; everything else is Presidio's."""

    def analyze(
        self,
        text: str,
        language: str = "ko",
        entities: Sequence[str] | None = None,
        correlation_id: str | None = None,
        score_threshold: float | None = None,
        **options: Any,
    ) -> list[RecognizerResult]:
        """As Presidio's, by place. Every reading takes part, whatever is asked for: a bank account is no phone number
        because only phone numbers were asked for."""
        least = self.default_score_threshold if score_threshold is None else score_threshold
        found = super().analyze(text, language, None, correlation_id, 0.0, **options)
        asked = set(entities or ())
        return [r for r in settled(found) if r.score >= least and (not asked or r.entity_type in asked)]


def settled(results: Iterable[RecognizerResult]) -> list[RecognizerResult]:
    """Results of one text, of which no two overlap (sentences of Art. 23 apart, which lie over others), by place."""
    given = list(results)
    findings = []
    for number, result in enumerate(given):
        action = (result.recognition_metadata or {}).get(ACTION_TYPE, "")
        ppm = round(result.score * 1_000_000)
        findings.append(
            Finding(0, result.start, result.end, result.entity_type, ppm, (f"result:{number}",), str(action))
        )
    return [_moved(given, found) for found in resolve(findings)]


def _moved(given: Sequence[RecognizerResult], found: Finding) -> RecognizerResult:
    """The result that a finding began as, which settling may have stretched."""
    result = given[int(found.evidence[0].removeprefix("result:"))]
    result.start, result.end = found.start, found.end
    if found.action_type:
        result.recognition_metadata = {**(result.recognition_metadata or {}), ACTION_TYPE: found.action_type}
    return result


def analyzer_engine() -> SettledEngine:
    """A Presidio engine for Korean with all of ours and nothing else."""
    registry = load_predefined(RecognizerRegistry(supported_languages=["ko"]))
    return SettledEngine(registry=registry, nlp_engine=KiwiNlpEngine(), supported_languages=["ko"])
