"""FHIR's invariants that need more than one element, with the place and the words of what breaks them."""

from typing import Any

import pytest
from sample_responses import item, parameters, response

from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.versions import R4, R4B, R5, VERSIONS, FhirVersion

ROOT = "QuestionnaireResponse"
URL = "http://example.org/x"
EVERY_VERSION = pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
DOM_3 = "A contained resource is referred to from the resource around it, or refers to that one (dom-3)."
PER_1 = "A period ends no sooner than it starts (per-1)."
QRS_2 = "The answers to one question stand in one item (qrs-2)."
REF_1 = "A reference to #… needs a contained resource with that id (ref-1)."


def found(resource: dict[str, Any], version: FhirVersion = R4) -> list[tuple[str, str]]:
    problems = structural_problems(resource, version, str(resource["resourceType"]))
    return [(problem.where, problem.message) for problem in problems]


def patient(**members: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": "p", **members}


def containing(*inside: dict[str, Any], **members: Any) -> dict[str, Any]:
    return response(contained=list(inside), **members)


def extension(**value: Any) -> list[dict[str, Any]]:
    return [{"url": URL, **value}]


class TestWhatIsContained:
    @EVERY_VERSION
    @pytest.mark.parametrize(
        "body",
        [
            containing(patient()),
            containing(patient(id=None) | {"gender": "female"}) | {"contained": [{"resourceType": "Patient"}]},
            containing(patient(), author={"display": "#p"}),
            containing(patient(), item=[item("a", {"valueString": "#p"})]),
            containing(patient(), item=[item("a", {"valueUri": "#p2"})]),
            containing({"resourceType": "Basic", "id": "p", "code": {"text": "x"}}, questionnaire="#p|1"),
        ],
        ids=["alone", "no id", "display", "string", "another id", "canonical with a version"],
    )
    def test_nobody_refers_to_it(self, body: dict[str, Any], version: FhirVersion) -> None:
        assert found(body, version) == [(f"{ROOT}.contained[0]", DOM_3)]

    @EVERY_VERSION
    @pytest.mark.parametrize(
        "body",
        [
            containing(patient(), subject={"reference": "#p"}),
            containing(patient(), item=[item("a", {"valueReference": {"reference": "#p"}})]),
            containing(patient(), item=[item("a", {"valueUri": "#p"})]),
            containing(patient(), extension=extension(valueReference={"reference": "#p"})),
            containing(patient(), extension=extension(valueCanonical="#p")),
            containing({"resourceType": "Basic", "id": "p", "code": {"text": "x"}}, questionnaire="#p"),
            containing(patient(generalPractitioner=[{"reference": "#"}])),
            containing(patient(extension=extension(valueCanonical="#"))),
            containing({"resourceType": "Patient", "extension": extension(valueReference={"reference": "#"})}),
            containing(
                patient(generalPractitioner=[{"reference": "#q"}]),
                {"resourceType": "Practitioner", "id": "q"},
                subject={"reference": "#p"},
            ),
        ],
        ids=["subject", "answer", "uri", "extension", "canonical", "own canonical", "outward", "outward canonical",
             "outward without an id", "from another one"],
    )  # fmt: skip
    def test_somebody_refers_to_it_or_it_refers_outward(self, body: dict[str, Any], version: FhirVersion) -> None:
        assert found(body, version) == []

    def test_each_has_its_place_and_a_remedy(self) -> None:
        body = containing(patient(), patient(id="q"), patient(id="r"), subject={"reference": "#q"})
        inside = parameters({"name": "resource", "resource": body})
        assert [problem.text for problem in structural_problems(inside, R4, "Parameters")] == [
            f"Parameters.parameter[0].resource.contained[{index}]: {DOM_3} Refer to it as #id, or leave it out."
            for index in (0, 2)
        ]

    def test_a_reference_in_another_parameter_does_not_count(self) -> None:
        body = parameters(
            {"name": "resource", "resource": containing(patient())},
            {"name": "resource", "resource": response(subject={"reference": "#p"})},
        )
        assert found(body) == [
            ("Parameters.parameter[0].resource.contained[0]", DOM_3),
            ("Parameters.parameter[1].resource.subject.reference", REF_1),
        ]

    @EVERY_VERSION
    @pytest.mark.parametrize(
        ("meta", "name", "message"),
        [
            ({"versionId": "1"}, "versionId", "A contained resource has no versionId of its own (dom-4)."),
            (
                {"lastUpdated": "2026-01-01T10:00:00Z"},
                "lastUpdated",
                "A contained resource has no lastUpdated of its own (dom-4).",
            ),
            ({"_versionId": {"extension": extension(valueCode="x")}}, "versionId",
             "A contained resource has no versionId of its own (dom-4)."),
            (
                {"security": [{"code": "R"}]},
                "security",
                "A contained resource has no security labels of its own (dom-5).",
            ),
        ],
    )  # fmt: skip
    def test_its_version_time_and_labels_are_those_of_the_resource_around_it(
        self, meta: dict[str, Any], name: str, message: str, version: FhirVersion
    ) -> None:
        around = {name: value for name, value in meta.items() if not name.startswith("_")}
        body = containing(patient(meta=meta), subject={"reference": "#p"}, meta=around or None)
        assert found(body, version) == [(f"{ROOT}.contained[0].meta.{name}", message)]

    def test_its_profile_and_tags_are_its_own(self) -> None:
        meta = {"profile": ["http://example.org/p"], "tag": [{"code": "x"}], "source": "urn:x:y"}
        assert found(containing(patient(meta=meta), subject={"reference": "#p"})) == []

    def test_what_is_no_resource_is_told_as_such(self) -> None:
        assert found(response(contained=["#p", {}])) == [
            (f"{ROOT}.contained[0]", "A JSON object is expected."),
            (f"{ROOT}.contained[1]", "An object is never empty."),
        ]


@EVERY_VERSION
def test_only_what_is_contained_refers_to_the_resource_around_it(version: FhirVersion) -> None:
    assert found(response(subject={"reference": "#"}), version) == [(f"{ROOT}.subject.reference", REF_1)]


class TestPeriods:
    """The verdicts on R5 are those of HL7's validator; so are those on R4 and R4B but for what is open."""

    @staticmethod
    def verdict(start: Any, end: Any, version: FhirVersion) -> list[tuple[str, str]]:
        return found(response(subject={"identifier": {"value": "1", "period": {"start": start, "end": end}}}), version)

    @EVERY_VERSION
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2024", "2022"),
            ("2024", "2023-05"),
            ("2024-03", "2024-01"),
            ("2024-03-01", "2024-02-27"),
            ("2024-01-05", "2024-01-01T23:00:00Z"),
            ("2024-01-03T10:00:00Z", "2024-01-01"),
            ("2024-01-01T10:00:00Z", "2024-01-01T09:00:00Z"),
            ("2024-01-01T10:00:00Z", "2024-01-01T11:59:59+02:00"),
            ("2024-01-01T10:00:00-02:30", "2024-01-01T12:29:59Z"),
            ("2024-01-01T10:00:00.52Z", "2024-01-01T10:00:00.51Z"),
        ],
    )
    def test_it_ends_before_it_starts(self, start: str, end: str, version: FhirVersion) -> None:
        assert self.verdict(start, end, version) == [(f"{ROOT}.subject.identifier.period", PER_1)]

    @EVERY_VERSION
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2024-01-01", "2024-01-01"),
            ("2024", "2024-05"),
            ("2024-05", "2024"),
            ("2024-02-29", "2024-02"),
            ("2024-12-31", "2024"),
            ("9999-12-31", "9999"),
            ("0001", "0001-01-01"),
            ("2024-01-01T10:00:00Z", "2024-01-01"),
            ("2024-01-02", "2024-01-01T23:00:00-11:00"),
            ("2024-02", "2024-01-31T23:59:59Z"),
            ("2024-01-01T10:00:00+02:00", "2024-01-01T09:00:00Z"),
            ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00.000Z"),
            ("2024-01-01T10:00:00.5Z", "2024-01-01T10:00:00.50Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            (f"2024-01-01T10:00:00.{'3' * 60}1Z", f"2024-01-01T10:00:00.{'3' * 60}2Z"),
        ],
    )
    def test_it_does_not_or_that_is_open(self, start: str, end: str, version: FhirVersion) -> None:
        assert self.verdict(start, end, version) == []

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            ("2024-01-02", "2024-01-01"),
            ("2024-02", "2024-01"),
            ("2024", "2023"),
            ("2024-01-01T10:00:00.5Z", "2024-01-01T10:00:00Z"),
            (f"2024-01-01T10:00:00.{'3' * 60}2Z", f"2024-01-01T10:00:00.{'3' * 60}1Z"),
        ],
    )
    def test_r5_allows_for_time_zones_and_for_digits_left_out(self, start: str, end: str) -> None:
        place = f"{ROOT}.subject.identifier.period"
        far_behind = start[:-1][-2:] == "32"
        assert self.verdict(start, end, R4) == self.verdict(start, end, R4B) == [(place, PER_1)]
        assert self.verdict(start, end, R5) == ([(place, PER_1)] if far_behind else [])

    def test_a_date_that_is_none_is_told_as_such(self) -> None:
        [(where, message)] = self.verdict("2024-02-30", "2023", R4)
        assert (where, message) == (f"{ROOT}.subject.identifier.period.start", "There is no such day.")
        assert [where for where, _ in self.verdict(2024, "2023", R5)] == [f"{ROOT}.subject.identifier.period.start"]


class TestAnswersToOneQuestion:
    TWICE = (item("x", {"valueBoolean": True}), item("x", {"valueBoolean": False}))

    @pytest.mark.parametrize(
        ("items", "where"),
        [
            ([item("g", item=[item("h", item=[*TWICE])])], ".item[0].item[0].item[1]"),
            ([item("f"), item("g", {"valueInteger": 1, "item": [item("o"), *TWICE]})], ".item[1].answer[0].item[2]"),
            (
                [item("g", item=[item("q", {"valueInteger": 1, "item": [*TWICE]})])],
                ".item[0].item[0].answer[0].item[1]",
            ),
        ],
        ids=["in a group", "below an answer", "below the answer of an item in a group"],
    )
    def test_stand_in_one_item_from_r5_on(self, items: list[dict[str, Any]], where: str) -> None:
        assert found(response(*items), R5) == [(ROOT + where, QRS_2)]
        inside = parameters({"name": "resource", "resource": response(*items)})
        assert found(inside, R5) == [(f"Parameters.parameter[0].resource{where}", QRS_2)]
        assert found(response(*items), R4) == found(response(*items), R4B) == []

    @pytest.mark.parametrize(
        "items",
        [
            [*TWICE],
            [item("g", item=[*TWICE])],
            [item("g", item=[item("h", item=[item("x"), TWICE[0]])])],
            [item("g", item=[item("h", item=[item("i", item=[TWICE[0]]), item("i", item=[TWICE[1]])])])],
            [item("g", item=[item("h", item=[TWICE[0]]), item("i", item=[TWICE[1]])])],
        ],
        ids=["at the top", "directly below the top", "one has no answer", "groups", "in two groups"],
    )
    def test_what_the_expression_lets_be(self, items: list[dict[str, Any]]) -> None:
        assert found(response(*items), R5) == []

    def test_each_item_too_many_has_its_place(self) -> None:
        thrice = [item("x", {"valueInteger": number}) for number in range(3)]
        assert found(response(item("g", item=[item("h", item=thrice)])), R5) == [
            (f"{ROOT}.item[0].item[0].item[1]", QRS_2),
            (f"{ROOT}.item[0].item[0].item[2]", QRS_2),
        ]


def test_a_reference_says_something_from_r5_on() -> None:
    bare = response(subject={"type": "Patient"})
    assert found(bare, R5) == [(f"{ROOT}.subject", "A reference has a reference, an identifier or a display (ref-2).")]
    assert found(bare, R4) == found(bare, R4B) == []
    assert found(response(subject={"type": "Patient", "extension": extension(valueCode="x")}), R5) == []
