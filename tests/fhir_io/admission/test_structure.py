"""Structurally valid or not, with the FHIRPath and the words of everything that is not."""

from typing import Any

import pytest
from sample_responses import item, parameters, response

from service.fhir_io.admission.body import parse_body
from service.fhir_io.admission.library import library_verdict
from service.fhir_io.admission.problem_list import ProblemList
from service.fhir_io.admission.structure import structural_problems
from service.fhir_io.versions import R4, R4B, R5, VERSIONS, FhirVersion

ROOT = "QuestionnaireResponse"
URL = "http://example.org/x"
DIV = '<div xmlns="http://www.w3.org/1999/xhtml">'
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}

TO_A = {"subject": {"reference": "#a"}}


def found(resource: dict[str, Any], version: FhirVersion = R4) -> list[tuple[str, str]]:
    problems = structural_problems(resource, version, str(resource.get("resourceType", "")))
    return [(problem.where, problem.message) for problem in problems]


def answer(**value: Any) -> dict[str, Any]:
    return response(item("a", value))


PLACE = f"{ROOT}.item[0].answer[0]"
EMPTY_STRING = "A string is never empty and never only white space."
INTEGER = "An integer is a JSON number without a fraction and without quotes."
BOOLEAN = "A boolean is true or false, without quotes."
DATE_TIME = "A dateTime is written YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone."


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_a_plain_response_is_valid(version: FhirVersion) -> None:
    assert found(response(), version) == []


@pytest.mark.parametrize(
    ("value", "where", "message"),
    [
        ({"valueBoolean": "true"}, ".valueBoolean", BOOLEAN),
        ({"valueBoolean": "yes"}, ".valueBoolean", BOOLEAN),
        ({"valueBoolean": 0}, ".valueBoolean", BOOLEAN),
        ({"valueBoolean": 1}, ".valueBoolean", BOOLEAN),
        ({"valueInteger": "12"}, ".valueInteger", INTEGER),
        ({"valueInteger": True}, ".valueInteger", INTEGER),
        ({"valueInteger": 1.0}, ".valueInteger", INTEGER),
        ({"valueInteger": 2**31}, ".valueInteger", "An integer lies between -2147483648 and 2147483647."),
        ({"valueDecimal": "1.5"}, ".valueDecimal", "A decimal is a JSON number, without quotes."),
        ({"valueDecimal": False}, ".valueDecimal", "A decimal is a JSON number, without quotes."),
        ({"valueDate": 20260101}, ".valueDate", "A JSON string is expected."),
        ({"valueDate": "2026-1-1"}, ".valueDate", "A date is written YYYY, YYYY-MM or YYYY-MM-DD."),
        ({"valueDate": "2026-02-30"}, ".valueDate", "There is no such day."),
        ({"valueDate": "0000"}, ".valueDate", "A date is written YYYY, YYYY-MM or YYYY-MM-DD."),
        ({"valueDateTime": "2026-01-01T10:00:00"}, ".valueDateTime", DATE_TIME),
        ({"valueDateTime": "2026-02-29T10:00:00Z"}, ".valueDateTime", "There is no such day."),
        ({"valueTime": "24:00:00"}, ".valueTime", "A time is written hh:mm:ss without a time zone."),
        ({"valueString": ""}, ".valueString", EMPTY_STRING),
        ({"valueString": " \t"}, ".valueString", EMPTY_STRING),
        ({"valueString": "\u00a0"}, ".valueString", EMPTY_STRING),
        ({"valueString": "a\x00b"}, ".valueString", "A string has no control characters but tab and line ends."),
        ({"valueString": None}, ".valueString", "null is not allowed here."),
        ({"valueString": ["a"]}, ".valueString", "valueString is not a list."),
        ({"valueUri": "http://example.org/a b"}, ".valueUri", "A URI has no white space."),
        ({"valueUri": ""}, ".valueUri", EMPTY_STRING),
        (
            {"valueUri": "urn:uuid:C757873D-EC9A-4326-A141-556F43239520"},
            ".valueUri",
            "A UUID is written urn:uuid: and 36 characters in lower case.",
        ),
        ({"valueCoding": '{"code": "a"}'}, ".valueCoding", "A JSON object is expected."),
        ({"valueCoding": {}}, ".valueCoding", "An object is never empty."),
        (
            {"valueCoding": {"code": " a"}},
            ".valueCoding.code",
            "A code has no white space but single spaces inside.",
        ),
        ({"valueCoding": [{"code": "a"}]}, ".valueCoding", "valueCoding is not a list."),
        (
            {"valueCoding": {"id": "a"}},
            ".valueCoding",
            "An element has a value, children or an extension beside its id (ele-1).",
        ),
        (
            {"valueQuantity": {"value": 1, "code": "kg"}},
            ".valueQuantity",
            "A quantity with a code for its unit has a system (qty-3).",
        ),
        (
            {"valueQuantity": {"value": 1, "comparator": "~"}},
            ".valueQuantity.comparator",
            "comparator is not one of the codes that FHIR allows here.",
        ),
        (
            {"valueAttachment": {"data": "AAAA"}},
            ".valueAttachment",
            "An attachment with data has a contentType (att-1).",
        ),
        (
            {"valueAttachment": {"contentType": "text/plain", "data": "A*=="}},
            ".valueAttachment.data",
            "This is not base64.",
        ),
        (
            {"valueReference": {"reference": "a b"}},
            ".valueReference.reference",
            "A reference is a URL, which has no white space.",
        ),
        (
            {"valueReference": {"reference": "#nobody"}},
            ".valueReference.reference",
            "A reference to #… needs a contained resource with that id (ref-1).",
        ),
        (
            {"valueBoolean": True, "valueInteger": 1},
            "",
            "Only one value[x] is allowed, not valueBoolean and valueInteger.",
        ),
        (
            {"valueBoolean": True, "_valueString": ABSENT},
            "",
            "Only one value[x] is allowed, not valueBoolean and valueString.",
        ),
        (
            {"valueBoolean__ext": ABSENT},
            ".valueBoolean__ext",
            "QuestionnaireResponseItemAnswer has no element valueBoolean__ext.",
        ),
        ({"_valueBoolean": {}}, "._valueBoolean", "An object is never empty."),
        (
            {"_valueBoolean": {"id": "x"}},
            "._valueBoolean",
            "An element has a value, children or an extension beside its id (ele-1).",
        ),
        ({"_valueBoolean": [ABSENT]}, "._valueBoolean", "_valueBoolean is not a list."),
        (
            {"_valueBoolean": {"extension": [{"url": URL}]}},
            "._valueBoolean.extension[0]",
            "An extension has either a value or nested extensions (ext-1).",
        ),
    ],
)
def test_answers(value: dict[str, Any], where: str, message: str) -> None:
    assert found(answer(**value)) == [(PLACE + where, message)]


@pytest.mark.parametrize(
    ("members", "where", "message"),
    [
        ({"banana": 1}, ".banana", "QuestionnaireResponse has no element banana."),
        ({"status__ext": ABSENT}, ".status__ext", "QuestionnaireResponse has no element status__ext."),
        ({"fhir_comments": "x"}, ".fhir_comments", "QuestionnaireResponse has no element fhir_comments."),
        ({"resource_type": "x"}, ".resource_type", "QuestionnaireResponse has no element resource_type."),
        ({"Mr. Smith": 1}, "", "QuestionnaireResponse has an element whose name is not one of FHIR's."),
        ({"status": None}, "", "QuestionnaireResponse.status is required."),
        ({"status": "finished"}, ".status", "status is not one of the codes that FHIR allows here."),
        ({"status": ["completed"]}, ".status", "status is not a list."),
        ({"status": 7}, ".status", "A JSON string is expected."),
        ({"authored": 20260101}, ".authored", "A JSON string is expected."),
        ({"item": []}, ".item", "A list is never empty."),
        ({"item": {"linkId": "a"}}, ".item", "item is a list."),
        ({"item": [{}]}, ".item[0]", "An object is never empty."),
        ({"item": [None]}, ".item[0]", "null is not allowed here."),
        ({"item": [{"text": "a"}]}, ".item[0]", "QuestionnaireResponseItem.linkId is required."),
        ({"item": [{"linkId": "a", "answer": []}]}, ".item[0].answer", "A list is never empty."),
        (
            {"item": [{"linkId": "a", "answer": [{"valueBoolean": True}], "item": [{"linkId": "b"}]}]},
            ".item[0]",
            "An item has nested items or answers, not both (qrs-1).",
        ),
        ({"subject": {}}, ".subject", "An object is never empty."),
        ({"subject": "Patient/1"}, ".subject", "A JSON object is expected."),
        ({"id": "a" * 65}, ".id", "An id is 1 to 64 letters, digits, hyphens and points."),
        ({"contained": [{"id": "a"}]}, ".contained[0]", "resourceType is missing."),
        (
            {"contained": [{"resourceType": "Banana", "id": "a"}], **TO_A},
            ".contained[0].resourceType",
            "FHIR R4 has no resource type Banana.",
        ),
        (
            {"contained": [{"resourceType": "HumanName", "id": "a"}], **TO_A},
            ".contained[0].resourceType",
            "FHIR R4 has no resource type HumanName.",
        ),
        (
            {"contained": [{"resourceType": ["Patient"], "id": "a"}], **TO_A},
            ".contained[0].resourceType",
            "This is not the name of a resource type.",
        ),
        (
            {"contained": [{"resourceType": "Patient", "id": "a", "gender": "m"}], **TO_A},
            ".contained[0].gender",
            "gender is not one of the codes that FHIR allows here.",
        ),
        (
            {"contained": [{"resourceType": "Patient", "id": "a", "contained": [{"resourceType": "Patient"}]}], **TO_A},
            ".contained[0].contained",
            "A contained resource contains no other (dom-2).",
        ),
        (
            {"extension": [{"url": URL, "valueCode": "a", "extension": [{"url": URL, "valueCode": "b"}]}]},
            ".extension[0]",
            "An extension has either a value or nested extensions (ext-1).",
        ),
        (
            {"extension": [{"url": 5, "valueCode": "a"}]},
            ".extension[0].url",
            "A JSON string is expected.",
        ),
        (
            {"text": {"status": "generated", "div": "<p>a</p>"}},
            ".text.div",
            'A narrative is one <div xmlns="http://www.w3.org/1999/xhtml">.',
        ),
        (
            {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><script/></div>'}},
            ".text.div",
            "A narrative has no scripts, forms, styles, frames or objects.",
        ),
        (
            {"text": {"status": "generated", "div": f"{DIV}{'<p>' * 1_001}{'</p>' * 1_001}</div>"}},
            ".text.div",
            "A narrative is nested no more than 1000 levels deep.",
        ),
        (
            {"text": {"status": "generated", "div": '<!DOCTYPE div [<!ENTITY a "b">]><div>&a;</div>'}},
            ".text.div",
            "A narrative has no document type.",
        ),
        (
            {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">'}},
            ".text.div",
            "This is not well-formed XHTML.",
        ),
        (
            {"text": {"status": "generated", "div": f"{DIV}<p> \n</p></div>"}},
            ".text.div",
            "A narrative has text or an image (txt-2).",
        ),
    ],
)
def test_responses(members: dict[str, Any], where: str, message: str) -> None:
    assert found(response(**members)) == [(ROOT + where, message)]


@pytest.mark.parametrize(
    "members",
    [
        {"_status": ABSENT, "status": None},
        {"extension": [{"url": URL, "_valueString": ABSENT}]},
        {"extension": [{"url": URL, "valueUuid": "urn:uuid:00000000-0000-1000-8000-000000000000"}]},
        {"authored": "2016-12-31T23:59:60Z"},
        {"authored": "1987"},
        {"contained": [{"resourceType": "Patient", "id": "p"}], "subject": {"reference": "#p"}},
        {
            "subject": {"reference": "#p"},
            "contained": [
                {
                    "resourceType": "Patient",
                    "id": "p",
                    "name": [{"given": ["Ann", None], "_given": [None, ABSENT]}],
                    "extension": [{"url": URL, "valueDecimal": 1}],
                }
            ],
        },
        {"subject": {"type": "Patient", "identifier": {"system": "urn:oid:1.2.3", "value": "4"}}},
        {"item": [item("a", {"_valueString": ABSENT})]},
        {"item": [item("a", {"_valueString": ABSENT, "item": [item("b", {"valueTime": "10:00:00"})]})]},
        {"text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div>'}},
        {"text": {"status": "generated", "div": f'{DIV}<img src="a.png" alt="a"/></div>'}},
        {
            "item": [
                item(
                    "a",
                    {"valueAttachment": {"contentType": "image/png", "data": "iVBO\nRw0K"}},
                    {"valueQuantity": {"value": 1, "comparator": "<"}},
                )
            ]
        },
    ],
)
@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_what_is_valid_though_the_library_or_a_strict_reader_may_stumble(
    members: dict[str, Any], version: FhirVersion
) -> None:
    assert found(response(**members), version) == []


@pytest.mark.parametrize(
    ("names", "wrong"),
    [
        ({"given": ["Ann", None]}, ".given[1]"),
        ({"given": ["Ann", None], "_given": [None, None]}, ".given[1]"),
        ({"given": [None], "_given": [{"id": "x"}]}, "._given[0]"),
        ({"given": ["Ann"], "_given": ABSENT}, "._given"),
    ],
)
def test_nulls_stand_only_where_the_other_list_has_something(names: dict[str, Any], wrong: str) -> None:
    places = [where for where, _ in found(response(contained=[{"resourceType": "Patient", "name": [names]}]))]
    assert f"{ROOT}.contained[0].name[0]{wrong}" in places


def test_versions_differ() -> None:
    assert found(response(identifier={"value": "1"})) == []
    assert found(response(identifier={"value": "1"}), R5) == [(f"{ROOT}.identifier", "identifier is a list.")]
    assert found(response(identifier=[{"value": "1"}]), R4B) == [(f"{ROOT}.identifier", "identifier is not a list.")]
    assert found(response(questionnaire=None), R5) == [(ROOT, "QuestionnaireResponse.questionnaire is required.")]
    bare = response(item("a", {"item": [item("b", {"valueBoolean": True})]}))
    assert found(bare) == []
    assert found(bare, R5) == [(PLACE, "value[x] is required.")]
    file = response(extension=[{"url": URL, "valueInteger64": "12"}])
    assert found(file, R5) == []
    as_number = response(extension=[{"url": URL, "valueInteger64": 12}])
    message = "An integer64 is a whole number of at most 64 bits, written as a JSON string."
    assert found(as_number, R5) == [(f"{ROOT}.extension[0].valueInteger64", message)]


def test_the_root_needs_a_type_that_exists() -> None:
    assert found({"status": "completed"}) == [("", "resourceType is missing.")]
    assert found({"resourceType": "Banana"}) == [("Banana.resourceType", "FHIR R4 has no resource type Banana.")]
    assert found({"resourceType": "DomainResource"}) == [
        ("DomainResource.resourceType", "This is not the name of a resource type.")
    ]


def test_resources_in_parameters_have_the_path_of_the_callers_body() -> None:
    body = parameters({"name": "resource", "resource": response(item("a", {"valueBoolean": "yes"}))}, {"name": "x"})
    assert found(body) == [
        ("Parameters.parameter[0].resource.item[0].answer[0].valueBoolean", BOOLEAN),
        ("Parameters.parameter[1]", "A parameter has exactly one of value, resource and part (inv-1)."),
    ]


def test_all_problems_are_found_up_to_fifty() -> None:
    problems = found(response(*(item(str(number), {"valueBoolean": "yes"}) for number in range(70))))
    assert len(problems) == 51
    assert problems[49] == (f"{ROOT}.item[49].answer[0].valueBoolean", BOOLEAN)
    assert problems[50] == (ROOT, "And 20 more problems that are not listed.")


def test_a_deep_narrative_is_read_as_far_as_the_limit() -> None:
    assert found(response(text={"status": "generated", "div": f"{DIV}{'<p>' * 1_000}a{'</p>' * 1_000}</div>"})) == []


def test_after_a_thousand_problems_no_more_are_looked_for() -> None:
    problems = found(response(basedOn=[1] * 5_000, author={"reference": "Patient/ 1"}))
    assert len(problems) == 51
    assert problems[50] == (ROOT, "And more than 950 problems that are not listed.")
    listed = found(response(basedOn=[1] * 1_000))
    assert listed[50] == (ROOT, "And 950 more problems that are not listed.")


def test_no_value_is_repeated() -> None:
    secret = "Jane Roe, born 1970"
    for wrong in (
        answer(valueDate=secret),
        answer(valueUri=secret),
        answer(valueCoding={"code": f" {secret}"}),
        response(status=secret),
        response(subject={"reference": secret}),
        response(contained=[{"resourceType": secret}]),
        response(extension=[{"url": URL, "valueUrl": secret}]),
        response(**{secret: 1}),
        response(text={"status": "generated", "div": secret}),
    ):
        texts = [problem.text for problem in structural_problems(wrong, R4, ROOT)]
        assert texts
        assert "Jane" not in " ".join(texts)


@pytest.mark.parametrize("fault", [KeyError("Jane"), TypeError("Jane"), AttributeError("Jane"), RecursionError("Jane")])
def test_whatever_the_library_raises_is_a_problem(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise fault

    monkeypatch.setattr(R4.model(ROOT), "model_validate", broken)
    [problem] = structural_problems(response(), R4, ROOT)
    assert problem.where == ROOT
    assert problem.message == f"This cannot be read as FHIR R4 ({type(fault).__name__})."


def test_what_only_the_library_refuses_has_its_place() -> None:
    wrong = response(item("about", item=[item("a", {"valueDate": "Jane"})]))
    problems = ProblemList()
    library_verdict(wrong, R4, ROOT, rewrite=False, found=problems)
    assert [problem.text for problem in problems.listed()] == [
        f"{ROOT}.item[0].item[0].answer[0].valueDate: This is not valid FHIR R4 (value_error)."
        " Compare the element with the FHIR specification."
    ]


def test_a_body_of_many_wrong_elements_is_told_off_fast() -> None:
    raw = b'{"resourceType":"QuestionnaireResponse","status":[' + b'"aaaaaaaaaaaaaa",' * 49_000 + b'"b"],"x":{"y":[0]}}'
    assert len(found(parse_body(raw))) == 2
