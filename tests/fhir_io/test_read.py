"""A body becomes a request with plain answers, or every problem in it, in the right order and words."""

from typing import Any

import pytest
from sample_responses import ANSWERS, CANON, SNOMED_CT, item, option, parameters, pointing_at, response

from service.fhir_io.read import Request, read_request, validation_problems
from service.fhir_io.versions import R4, R5, VERSIONS, FhirVersion
from service.problems import Kind, Problem, Refused
from service.triage.model import RuleSet

ROOT = "QuestionnaireResponse"
ABSENT = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}]}
YES_OR_NO = "Send valueBoolean, or a valueCoding Y, N or UNK of http://terminology.hl7.org/CodeSystem/v2-0532."
SERVED = f"{CANON}/Questionnaire/limb-numbness|1.2.3"
V2 = "http://terminology.hl7.org/CodeSystem/v2-"
YES, NO = {"valueBoolean": True}, {"valueBoolean": False}


class Reader:
    """The functions under test with the rule set given."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set

    def read(self, body: dict[str, Any], version: FhirVersion = R4) -> Request:
        return read_request(body, version, self.rule_set, CANON)

    def refusal(self, body: dict[str, Any], version: FhirVersion = R4) -> list[Problem]:
        with pytest.raises(Refused) as caught:
            self.read(body, version)
        return caught.value.problems

    def one_refusal(self, body: dict[str, Any]) -> tuple[Kind, str]:
        [problem] = self.refusal(body)
        return problem.kind, problem.text

    def validate(self, body: dict[str, Any], version: FhirVersion = R4) -> list[Problem]:
        return validation_problems(body, version, self.rule_set, CANON)


@pytest.fixture(scope="module")
def reader(rule_set: RuleSet) -> Reader:
    return Reader(rule_set)


def coding(system: str, code: str) -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code}}


@pytest.mark.parametrize("version", VERSIONS.values(), ids=lambda version: version.name)
def test_a_plain_response(reader: Reader, version: FhirVersion) -> None:
    body = response(
        item(
            "about",
            item=[
                item("numbness", YES),
                item("numbness-site", option("hand"), option("foot")),
                item("numbness-onset", option("sudden")),
            ],
        ),
        encounter={"reference": "Encounter/e1"},
    )
    assert reader.read(body, version) == Request(
        response=body,
        response_path=ROOT,
        subject={"reference": "Patient/p1"},
        encounter={"reference": "Encounter/e1"},
        bundle_type="collection",
        answers={"numbness": (True,), "numbness-site": ("hand", "foot"), "numbness-onset": ("sudden",)},
        places={
            "numbness": f"{ROOT}.item[0].item[0]",
            "numbness-site": f"{ROOT}.item[0].item[1]",
            "numbness-onset": f"{ROOT}.item[0].item[2]",
        },
        warnings=(),
    )


def test_fifty_problems_of_structure_are_listed_and_the_others_counted(reader: Reader) -> None:
    body = response(*(item(str(number), {"valueBoolean": "yes"}) for number in range(70)))
    for problems in (reader.refusal(body), reader.validate(body)):
        assert [len(problems), problems[50].text] == [51, f"{ROOT}: And 20 more problems that are not listed."]


class TestAnswers:
    @pytest.mark.parametrize(
        ("items", "answers"),
        [
            ([item("numbness", YES)], {"numbness": (True,)}),
            ([item("history", item=[item("about", item=[item("numbness", YES)])])], {"numbness": (True,)}),
            (
                [item("numbness", YES | {"item": [item("numbness-onset", option("gradual"))]})],
                {"numbness": (True,), "numbness-onset": ("gradual",)},
            ),
            ([item("numbness", {"item": [item("confusion", NO)]})], {"confusion": (False,)}),
            (
                [item("numbness-site", option("foot")), item("numbness-site", option("hand"))],
                {"numbness-site": ("foot", "hand")},
            ),
            ([item("numbness", YES, NO)], {"numbness": (True, False)}),
            ([item("numbness-site", option("foot"), option("none"))], {"numbness-site": ("foot", "none")}),
            ([item("numbness-site", option("foot", system=None))], {"numbness-site": ("foot",)}),
            ([item("numbness")], {}),
            ([item("numbness", {"_valueBoolean": ABSENT})], {}),
            ([item("numbness", {"extension": ABSENT["extension"]})], {}),
            ([item("numbness-onset", {"valueCoding": {"_code": ABSENT}})], {}),
            ([item("conditions", coding(SNOMED_CT, "73211009"))], {"conditions": ("diabetes",)}),
            ([item("conditions", coding("urn:oid:2.16.840.1.113883.6.96", "55464009"))], {"conditions": ("lupus",)}),
            ([item("conditions", coding(SNOMED_CT, "261665006"))], {}),
            ([item("conditions", option("lupus"), coding(f"{V2}0532", "UNK"))], {"conditions": ("lupus",)}),
        ],
    )
    def test_are_found_wherever_they_stand(
        self, reader: Reader, items: list[dict[str, Any]], answers: dict[str, Any]
    ) -> None:
        assert reader.read(response(*items)).answers == answers

    @pytest.mark.parametrize(
        ("system", "code", "value"),
        [
            (f"{V2}0136", "Y", True),
            (f"{V2}0136", "N", False),
            (f"{V2}0136", "UNK", None),
            (f"{V2}0532", "Y", True),
            (f"{V2}0532", "N", False),
            (f"{V2}0532", "UNK", None),
            (f"{V2}0532", "ASKU", None),
            (f"{V2}0532", "NASK", None),
            (f"{V2}0532", "NAV", None),
            ("http://hl7.org/fhir/v2/0136", "Y", True),
            ("urn:oid:2.16.840.1.113883.12.136", "N", False),
            ("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "NI", None),
            ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "asked-declined", None),
            (SNOMED_CT, "373066001", True),
            (SNOMED_CT, "373067005", False),
            (SNOMED_CT, "261665006", None),
        ],
    )
    def test_yes_no_codings(self, reader: Reader, system: str, code: str, value: bool | None) -> None:
        read = reader.read(response(item("numbness", coding(system, code))))
        assert read.answers == ({} if value is None else {"numbness": (value,)})
        assert read.places == {"numbness": f"{ROOT}.item[0]"}

    def test_unknown_beside_a_real_answer_is_dropped(self, reader: Reader) -> None:
        assert reader.read(response(item("numbness", coding(f"{V2}0532", "UNK"), YES))).answers == {"numbness": (True,)}

    @pytest.mark.parametrize(
        ("items", "kind", "text"),
        [
            (
                [item("about", item=[item("numbness", {"valueString": "yes"})])],
                Kind.ANSWER_TYPE,
                f"{ROOT}.item[0].item[0].answer[0].valueString: valueBoolean is expected, not valueString."
                f" Question: numbness “Is there numbness?”. {YES_OR_NO}",
            ),
            (
                [item("numbness", coding("http://example.org/yes-no", "Y"))],
                Kind.ANSWER_TYPE,
                f"{ROOT}.item[0].answer[0].valueCoding: valueBoolean is expected, not a valueCoding of this system."
                f" Question: numbness “Is there numbness?”. {YES_OR_NO}",
            ),
            (
                [item("numbness", coding(f"{V2}0532", "MAYBE"))],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[0].valueCoding: The code MAYBE means neither yes nor no."
                f" Question: numbness “Is there numbness?”. {YES_OR_NO}",
            ),
            (
                [item("numbness-onset", option("gradual"), option("yesterday"))],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[1].valueCoding: The code yesterday is not an option here."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("numbness-onset", option("since Jane Roe fell"))],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[0].valueCoding: This code is not an option here."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("numbness-onset", {"valueCoding": {"display": "Jane Roe fell"}})],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[0].valueCoding: A coding without a code is not an option here."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("numbness-onset", coding("http://example.org", "sudden"))],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[0].valueCoding: The code sudden is not an option here."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("numbness-onset", coding(f"{V2}0532", "Y"))],
                Kind.ANSWER_CODE,
                f"{ROOT}.item[0].answer[0].valueCoding: The code Y is not an option here."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("numbness-onset", YES)],
                Kind.ANSWER_TYPE,
                f"{ROOT}.item[0].answer[0].valueBoolean: valueCoding is expected, not valueBoolean."
                " Question: numbness-onset “Which numbness-onset?”."
                f" Send a valueCoding of {ANSWERS} with one of sudden, gradual.",
            ),
            (
                [item("about", YES)],
                Kind.ANSWER_TYPE,
                f"{ROOT}.item[0].answer[0]: A group takes no answer."
                " Question: about “About the numbness”. Put the answers into the items of the group.",
            ),
        ],
    )
    def test_refused(self, reader: Reader, items: list[dict[str, Any]], kind: Kind, text: str) -> None:
        assert reader.one_refusal(response(*items)) == (kind, text)

    def test_a_public_code_that_two_options_carry_is_refused(self, reader: Reader) -> None:
        kind, text = reader.one_refusal(response(item("conditions", coding(SNOMED_CT, "363346000"))))
        assert kind is Kind.ANSWER_CODE
        assert "The code 363346000 is not an option here." in text

    def test_unknown_items_are_named_once_and_what_is_below_them_is_read(self, reader: Reader) -> None:
        deep = item("mood", {"valueString": "good", "item": [item("confusion", YES)]})
        read = reader.read(response(item("mood", {"valueString": "bad"}), item("page 1: Jane", item=[deep])))
        assert read.answers == {"confusion": (True,)}
        assert [(problem.kind, problem.text) for problem in read.warnings] == [
            (
                Kind.UNKNOWN_ITEM,
                f"{ROOT}.item[0]: The questionnaire has no item with this linkId: its answers were not used."
                " linkId: mood. Use the questionnaire's linkIds.",
            ),
            (
                Kind.UNKNOWN_ITEM,
                f"{ROOT}.item[1]: The questionnaire has no item with this linkId: its answers were not used."
                " Use the questionnaire's linkIds.",
            ),
        ]


class TestStatusAndQuestionnaire:
    @pytest.mark.parametrize("status", ["in-progress", "completed", "amended"])
    def test_triaged(self, reader: Reader, status: str) -> None:
        assert reader.read(response(status=status)).answers == {"numbness": (True,)}

    @pytest.mark.parametrize("status", ["entered-in-error", "stopped"])
    def test_not_triaged(self, reader: Reader, status: str) -> None:
        words = f"A response with status {status} is not triaged. Send one that is in-progress, completed or amended."
        assert reader.one_refusal(response(status=status)) == (Kind.STATUS, f"{ROOT}.status: {words}")
        assert reader.validate(response(status=status)) == []

    def test_a_status_that_is_withheld(self, reader: Reader) -> None:
        kind, text = reader.one_refusal(response(status=None, _status=ABSENT))
        assert (kind, text.split(". ")[0]) == (
            Kind.STATUS,
            f"{ROOT}.status: A response without a status is not triaged",
        )

    @pytest.mark.parametrize(
        ("questionnaire", "words"),
        [
            (f"{CANON}/Questionnaire/limb-numbness|1.2.4", "This version of the questionnaire is not served."),
            (f"{CANON}/Questionnaire/limb-numbness|1.2", "This version of the questionnaire is not served."),
            (f"{CANON}/Questionnaire/limb-numbness#about", "This questionnaire is not served."),
            (f"{CANON}/Questionnaire/limb-numbness/", "This questionnaire is not served."),
            ("http://example.org/Questionnaire/other", "This questionnaire is not served."),
            ("#q", "This questionnaire is not served."),
        ],
    )
    def test_another_questionnaire(self, reader: Reader, questionnaire: str, words: str) -> None:
        body = response(item("numbness", {"valueString": "theirs"}), questionnaire=questionnaire)
        assert reader.one_refusal(body) == (
            Kind.QUESTIONNAIRE,
            f"{ROOT}.questionnaire: {words} Served is {SERVED}.",
        )
        assert reader.validate(body) == []

    def test_with_the_version_served(self, reader: Reader) -> None:
        assert reader.read(response(questionnaire=SERVED)).warnings == ()

    def test_none(self, reader: Reader) -> None:
        [warning] = reader.read(response(questionnaire=None)).warnings
        assert (warning.kind, warning.text) == (
            Kind.NO_QUESTIONNAIRE,
            f"{ROOT}: The response names no questionnaire; it is read as an answer to ours. Name {SERVED}.",
        )

    @pytest.mark.parametrize(
        ("body", "where"),
        [
            (response(implicitRules="http://example.org/rules"), ".implicitRules"),
            (response(modifierExtension=ABSENT["extension"]), ".modifierExtension"),
            (
                response(item("numbness", YES | {"modifierExtension": ABSENT["extension"]})),
                ".item[0].answer[0].modifierExtension",
            ),
        ],
    )
    def test_what_may_change_the_meaning_is_refused(self, reader: Reader, body: dict[str, Any], where: str) -> None:
        words = "This may change the meaning of the response in a way that is not known here."
        remedy = "Send a response that is complete without it."
        assert reader.one_refusal(body) == (Kind.STATUS, f"{ROOT}{where}: {words} {remedy}")
        assert reader.validate(body) == []


class TestSubject:
    PATIENT = "Give a reference such as Patient/123, or an identifier with system and value."

    @pytest.mark.parametrize(
        "subject",
        [
            {"reference": "Patient/p1"},
            {"reference": "http://example.org/fhir/Patient/p1/_history/2", "type": "Patient"},
            {"reference": "urn:uuid:00000000-0000-4000-8000-000000000000"},
            {"identifier": {"system": "urn:oid:1.2.3", "value": "4"}, "display": "Jane"},
        ],
    )
    def test_usable(self, reader: Reader, subject: dict[str, Any]) -> None:
        assert reader.read(response(subject=subject)).subject == subject

    def test_none(self, reader: Reader) -> None:
        words = "Neither the response nor the request names a subject."
        assert reader.one_refusal(response(subject=None)) == (Kind.SUBJECT, f"{ROOT}: {words} {self.PATIENT}")
        assert reader.validate(response(subject=None)) == []

    @pytest.mark.parametrize(
        "subject",
        [{"display": "Jane Roe"}, {"identifier": {"system": "urn:oid:1.2.3"}}, {"reference": "#p"}],
    )
    def test_unusable(self, reader: Reader, subject: dict[str, Any]) -> None:
        words = "The subject has neither a reference that resolves outside the response nor an identifier with a value."
        inside = [{"resourceType": "Patient", "id": "p"}]
        body = response(subject=subject, contained=inside, extension=pointing_at("p"))
        assert reader.one_refusal(body) == (Kind.SUBJECT, f"{ROOT}.subject: {words} {self.PATIENT}")

    @pytest.mark.parametrize("subject", [{"reference": "Group/1"}, {"reference": "urn:oid:1.2.3", "type": "Device"}])
    def test_not_a_patient(self, reader: Reader, subject: dict[str, Any]) -> None:
        words = f"{ROOT}.subject: The subject is not a Patient. {self.PATIENT}"
        assert reader.one_refusal(response(subject=subject)) == (Kind.SUBJECT, words)

    def test_a_contained_patient_with_an_identifier_is_known_by_it(self, reader: Reader) -> None:
        subject = {"reference": "#p", "identifier": {"value": "4"}}
        body = response(subject=subject, contained=[{"resourceType": "Patient", "id": "p"}])
        assert reader.read(body).subject == {"identifier": {"value": "4"}}

    @pytest.mark.parametrize(
        ("own", "given"),
        [
            ({"reference": "Patient/p1"}, {"reference": "Patient/p2"}),
            ({"reference": "Patient/p1"}, {"reference": "http://example.org/fhir/Patient/p1"}),
            ({"reference": "Patient/p1"}, {"identifier": {"value": "4"}}),
            ({"identifier": {"system": "urn:oid:1.2.3", "value": "4"}}, {"identifier": {"value": "4"}}),
            (
                {"reference": "Patient/p1", "identifier": {"value": "4"}},
                {"reference": "Patient/p1", "identifier": {"value": "5"}},
            ),
        ],
    )
    def test_two_that_differ_are_refused(self, reader: Reader, own: dict[str, Any], given: dict[str, Any]) -> None:
        body = parameters(
            {"name": "questionnaireResponse", "resource": response(subject=own)},
            {"name": "subject", "valueReference": given},
        )
        assert reader.one_refusal(body) == (
            Kind.SUBJECT,
            "Parameters.parameter[1].valueReference: The parameter subject and the response's own subject are not the"
            " same. Leave the parameter out, or send the right subject.",
        )

    def test_the_same_twice(self, reader: Reader) -> None:
        body = parameters(
            {"name": "questionnaireResponse", "resource": response()},
            {"name": "subject", "valueReference": {"reference": "Patient/p1", "display": "Jane"}},
        )
        assert reader.read(body).subject == {"reference": "Patient/p1"}

    def test_encounters(self, reader: Reader) -> None:
        contained = response(
            encounter={"reference": "#e"},
            contained=[{"resourceType": "Encounter", "id": "e", "status": "finished", "class": {"code": "AMB"}}],
        )
        read = reader.read(contained)
        assert read.encounter is None
        assert [warning.kind for warning in read.warnings] == [Kind.NOTE]
        assert reader.one_refusal(response(encounter={"reference": "Patient/p1"}))[0] is Kind.STRUCTURE
        (invalid,) = reader.validate(response(encounter={"reference": "Patient/p1"}))
        said = f"{ROOT}.encounter: The encounter is not an Encounter. Give a reference such as Encounter/123."
        assert (invalid.kind, invalid.text) == (Kind.STRUCTURE, said)
        two = parameters(
            {"name": "questionnaireResponse", "resource": response(encounter={"reference": "Encounter/1"})},
            {"name": "encounter", "valueReference": {"reference": "Encounter/2"}},
        )
        assert reader.one_refusal(two)[0] is Kind.SUBJECT


class TestParameters:
    @pytest.mark.parametrize("name", ["questionnaireResponse", "resource"])
    def test_everything(self, reader: Reader, name: str) -> None:
        inner = response(subject=None)
        body = parameters(
            {"name": "subject", "valueReference": {"reference": "Patient/p2"}},
            {"name": "encounter", "valueReference": {"reference": "Encounter/e2"}},
            {"name": "bundleType", "valueCode": "transaction"},
            {"name": name, "resource": inner},
        )
        read = reader.read(body)
        assert read.response is inner
        assert read.response_path == "Parameters.parameter[3].resource"
        assert read.places == {"numbness": "Parameters.parameter[3].resource.item[0].item[0]"}
        assert read.subject == {"reference": "Patient/p2"}
        assert read.encounter == {"reference": "Encounter/e2"}
        assert read.bundle_type == "transaction"
        assert read.warnings == ()

    @pytest.mark.parametrize(
        ("given", "text"),
        [
            (
                [{"name": "subject", "valueReference": {"reference": "Patient/1"}}],
                "Parameters: The parameter questionnaireResponse is missing."
                " Send a QuestionnaireResponse, or Parameters with a parameter questionnaireResponse.",
            ),
            (
                [{"name": "resource", "resource": {"resourceType": "Patient"}}],
                "Parameters.parameter[0]: The parameter resource needs a resource of type QuestionnaireResponse."
                " Put the response into its resource.",
            ),
            (
                [
                    {"name": "resource", "resource": response()},
                    {"name": "questionnaireResponse", "resource": response()},
                ],
                "Parameters.parameter[0]: Two parameters hold a response. Keep questionnaireResponse.",
            ),
            (
                [{"name": "resource", "resource": response()}, {"name": "resource", "resource": response()}],
                "Parameters.parameter[1]: The parameter resource is given more than once. Keep one of them.",
            ),
            (
                [{"name": "resource", "resource": response()}, {"name": "bundleType", "valueCode": "batch"}],
                "Parameters.parameter[1]: The parameter bundleType needs a valueCode that is served."
                " Use collection or transaction.",
            ),
            (
                [{"name": "resource", "resource": response()}, {"name": "subject", "valueString": "Patient/p1"}],
                "Parameters.parameter[1]: The parameter subject needs a valueReference."
                " Send the reference as valueReference.",
            ),
        ],
    )
    def test_refused(self, reader: Reader, given: list[dict[str, Any]], text: str) -> None:
        assert reader.one_refusal(parameters(*given)) == (Kind.STRUCTURE, text)
        assert [problem.text for problem in reader.validate(parameters(*given))] == [text]

    def test_an_unknown_parameter_is_named(self, reader: Reader) -> None:
        body = parameters({"name": "resource", "resource": response()}, {"name": "Subject", "valueString": "Jane"})
        [warning] = reader.read(body).warnings
        assert (warning.kind, warning.where) == (Kind.NOTE, "Parameters.parameter[1]")
        assert warning.message == "The parameter Subject is not known and was not used."

    def test_empty_parameters(self, reader: Reader) -> None:
        assert reader.refusal({"resourceType": "Parameters"})[0].kind is Kind.STRUCTURE


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"status": "completed"}, "resourceType is missing: the body is not a FHIR resource."),
        ({}, "resourceType is missing: the body is not a FHIR resource."),
        ({"resourceType": "Patient"}, "A QuestionnaireResponse is expected, not a Patient."),
        ({"resourceType": ["QuestionnaireResponse"]}, "A QuestionnaireResponse is expected, not something else."),
        ({"resourceType": "Jane Roe"}, "A QuestionnaireResponse is expected, not something else."),
    ],
)
def test_another_resource(reader: Reader, body: dict[str, Any], message: str) -> None:
    [problem] = reader.refusal(body)
    assert (problem.kind, problem.message) == (Kind.STRUCTURE, message)
    assert reader.validate(body) == [problem]


def test_all_problems_are_collected(reader: Reader) -> None:
    body = response(
        item("numbness", {"valueString": "a"}),
        item("numbness-onset", option("b")),
        status="stopped",
        subject=None,
    )
    kinds = [problem.kind for problem in reader.refusal(body)]
    assert kinds == [Kind.STATUS, Kind.SUBJECT, Kind.ANSWER_TYPE, Kind.ANSWER_CODE]


def test_structure_comes_first(reader: Reader) -> None:
    body = parameters(
        {"name": "resource", "resource": response(status="stopped")},
        {"name": "bundleType", "valueCode": "batch"},
    )
    assert [problem.kind for problem in reader.refusal(body)] == [Kind.STRUCTURE, Kind.STATUS]
    broken = response(item("numbness", {"valueBoolean": "yes"}), status="stopped")
    assert [problem.kind for problem in reader.refusal(broken)] == [Kind.STRUCTURE]


class TestValidation:
    def test_valid(self, reader: Reader) -> None:
        assert reader.validate(response()) == []
        assert reader.validate(response(), R5) == []
        assert reader.validate(parameters({"name": "resource", "resource": response()})) == []

    def test_wrong_answers_and_unknown_items(self, reader: Reader) -> None:
        body = response(item("mood", YES), item("numbness", {"valueString": "a"}), item("numbness-onset", option("b")))
        kinds = [problem.kind for problem in reader.validate(body)]
        assert kinds == [Kind.ANSWER_TYPE, Kind.ANSWER_CODE, Kind.UNKNOWN_ITEM]

    def test_a_questionnaire_given_beside_it_is_checked_for_structure(self, reader: Reader) -> None:
        given = {"name": "questionnaire", "resource": {"resourceType": "Questionnaire", "status": "final"}}
        [problem] = reader.validate(parameters({"name": "resource", "resource": response()}, given))
        assert problem.where == "Parameters.parameter[1].resource.status"
