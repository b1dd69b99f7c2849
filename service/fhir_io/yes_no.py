"""The yes/no and "no answer" codings of public terminologies that stand for a boolean or for nothing."""

from __future__ import annotations

V2_SYSTEMS = {
    "http://terminology.hl7.org/CodeSystem/v2-0532",
    "http://hl7.org/fhir/v2/0532",
    "urn:oid:2.16.840.1.113883.12.532",
    "http://terminology.hl7.org/CodeSystem/v2-0136",
    "http://hl7.org/fhir/v2/0136",
    "urn:oid:2.16.840.1.113883.12.136",
}
NULL_FLAVOR = {
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    "http://hl7.org/fhir/v3/NullFlavor",
    "urn:oid:2.16.840.1.113883.5.1008",
}
DATA_ABSENT = {"http://terminology.hl7.org/CodeSystem/data-absent-reason", "http://hl7.org/fhir/data-absent-reason"}
SNOMED_CT = {"http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96"}

_NO_ANSWER = ("UNK", "ASKU", "NASK", "NAV", "NI")
_ABSENT = (
    "unknown",
    "asked-unknown",
    "temp-unknown",
    "not-asked",
    "asked-declined",
    "masked",
    "not-applicable",
    "unsupported",
    "as-text",
    "error",
    "not-performed",
    "not-permitted",
)

MEANINGS: dict[tuple[str, str], bool | None] = {
    **{(system, "Y"): True for system in V2_SYSTEMS},
    **{(system, "N"): False for system in V2_SYSTEMS},
    **{(system, code): None for system in V2_SYSTEMS | NULL_FLAVOR for code in _NO_ANSWER},
    **{(system, code): None for system in DATA_ABSENT for code in _ABSENT},
    **{(system, "373066001"): True for system in SNOMED_CT},
    **{(system, "373067005"): False for system in SNOMED_CT},
    **{(system, "261665006"): None for system in SNOMED_CT},
}
"""(system, code) → yes, no, or None for no answer: HL7 v2 tables 0532 and 0136, v3 NullFlavor, FHIR
data-absent-reason, SNOMED CT yes, no and unknown. The older addresses of the HL7 systems are those of FHIR DSTU2 and
STU3, the OIDs those of the HL7 registry."""

SYSTEMS = frozenset(system for system, _ in MEANINGS)
