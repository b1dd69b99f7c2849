"""What maxLength and the extensions of an item ask of each answer."""

import base64
from decimal import Decimal
from typing import Any

import pytest
from forms import SDC, answered, coded, extension, limited, problems, question, questionnaire, told
from sample_responses import item, pointing_at

from service.fhir_io.versions import R4, R5
from service.problems import Kind
from service.triage.model import RuleSet

UCUM = "http://unitsofmeasure.org"
WHERE = "item[0].answer[0].value"
TOO_SMALL = "The answer is less than the least that the question takes"
TOO_GREAT = "The answer is more than the greatest that the question takes"


def quantity(value: float, code: str | None, system: str | None = UCUM, **members: Any) -> dict[str, Any]:
    formal = {"system": system, "code": code}
    return {"value": value, **{name: one for name, one in formal.items() if one}, **members}


class TestRange:
    @pytest.mark.parametrize(
        ("kind", "name", "least", "most", "small", "right", "great"),
        [
            ("integer", "Integer", 2, 4, 1, 3, 5),
            ("decimal", "Decimal", 2.5, 4.5, 2.4, 2.5, 4.6),
            ("date", "Date", "2026-02-01", "2026-03-01", "2026-01-31", "2026-02", "2026-04"),
            ("time", "Time", "08:00:00", "18:00:00", "07:59:59", "08:00:00", "18:00:01"),
            (
                "dateTime",
                "DateTime",
                "2026-02-01T00:00:00Z",
                "2026-03-01T00:00:00Z",
                "2026-02-01T00:00:00+01:00",
                "2026-02-01T00:00:00-01:00",
                "2026-04-01",
            ),
        ],
    )
    def test_least_and_greatest(
        self, rule_set: RuleSet, kind: str, name: str, least: Any, most: Any, small: Any, right: Any, great: Any
    ) -> None:
        bounds = (
            extension("minValue", **{f"value{name}": least}),
            extension("maxValue", **{f"value{name}": most}),
        )
        form = [limited("q", kind, *bounds)]
        assert told(rule_set, form, item("q", {f"value{name}": right})) == []
        assert told(rule_set, form, item("q", {f"value{name}": small})) == [(WHERE + name, f"{TOO_SMALL}, {least}.")]
        assert told(rule_set, form, item("q", {f"value{name}": great})) == [(WHERE + name, f"{TOO_GREAT}, {most}.")]

    def test_in_full(self, rule_set: RuleSet) -> None:
        form = [limited("q", "integer", extension("minValue", valueInteger=2))]
        [problem] = problems(rule_set, form, answered("q", 1))
        assert problem.kind is Kind.ANSWER_LIMIT
        assert problem.text == (
            "Parameters.parameter[0].resource.item[0].answer[0].valueInteger: The answer is less than the least that "
            "the question takes, 2. linkId: q. Correct the answer."
        )

    def test_a_limit_without_a_value_limits_nothing(self, rule_set: RuleSet) -> None:
        calculated = extension(
            "minValue", _valueInteger={"extension": [extension("cqf-calculatedValue", valueCode="x")]}
        )
        assert told(rule_set, [limited("q", "integer", calculated)], answered("q", 1)) == []


class TestQuantityRange:
    def told(self, rule_set: RuleSet, least: dict[str, Any], given: dict[str, Any]) -> list[tuple[str, str]]:
        form = [limited("q", "quantity", extension("sdc-questionnaire-minQuantity", SDC, valueQuantity=least))]
        return told(rule_set, form, item("q", {"valueQuantity": given}))

    @pytest.mark.parametrize("given", [quantity(1, "kg"), quantity(1000, "g"), quantity(2, "kg")])
    def test_enough(self, rule_set: RuleSet, given: dict[str, Any]) -> None:
        assert self.told(rule_set, quantity(1, "kg"), given) == []

    @pytest.mark.parametrize("given", [quantity(0.9, "kg"), quantity(999, "g"), quantity(2, "[lb_av]")])
    def test_too_little(self, rule_set: RuleSet, given: dict[str, Any]) -> None:
        assert self.told(rule_set, quantity(1, "kg"), given) == [(f"{WHERE}Quantity", f"{TOO_SMALL}, 1 kg.")]

    @pytest.mark.parametrize("given", [quantity(2, None), quantity(2, None, None, unit="kg")])
    def test_without_a_formal_unit(self, rule_set: RuleSet, given: dict[str, Any]) -> None:
        said = "The quantity cannot be compared with the question's limit, because a formal unit is missing."
        assert self.told(rule_set, quantity(1, "kg"), given) == [(f"{WHERE}Quantity", said)]

    @pytest.mark.parametrize("given", [quantity(2, "m"), quantity(2, "kg", "http://example.org/units")])
    def test_of_another_kind(self, rule_set: RuleSet, given: dict[str, Any]) -> None:
        said = "The quantity is of a unit that cannot be compared with the question's limit."
        assert self.told(rule_set, quantity(1, "kg"), given) == [(f"{WHERE}Quantity", said)]

    def test_of_a_unit_that_is_not_converted(self, rule_set: RuleSet) -> None:
        form = [limited("q", "quantity", extension("minValue", valueQuantity=quantity(1, "mm[Hg]")))]
        [problem] = problems(rule_set, form, item("q", {"valueQuantity": quantity(2, "kPa")}))
        assert problem.kind is Kind.NOTE
        assert problem.message == (
            "Whether the quantity keeps to the question's limit was not checked: the unit is not converted here."
        )

    def test_a_comparator_leaves_it_open(self, rule_set: RuleSet) -> None:
        assert self.told(rule_set, quantity(1, "kg"), quantity(0.5, "kg", comparator=">")) == []


class TestText:
    def test_lengths(self, rule_set: RuleSet) -> None:
        form = [limited("q", "string", extension("minLength", valueInteger=2), maxLength=3)]
        assert told(rule_set, form, answered("q", "äöü")) == []
        assert told(rule_set, form, answered("q", "ä")) == [
            (f"{WHERE}String", "The answer has fewer than the 2 characters that the question asks for.")
        ]
        assert told(rule_set, form, answered("q", "äöüß")) == [
            (f"{WHERE}String", "The answer has more than the 3 characters that the question takes.")
        ]

    def test_the_length_of_an_address(self, rule_set: RuleSet) -> None:
        assert told(rule_set, [question("q", "url", maxLength=3)], item("q", {"valueUri": "http://example.org"})) == [
            (f"{WHERE}Uri", "The answer has more than the 3 characters that the question takes.")
        ]

    def test_a_pattern_is_matched_as_a_whole(self, rule_set: RuleSet) -> None:
        form = [limited("q", "string", extension("regex", valueString="[0-9]{3}"))]
        assert told(rule_set, form, answered("q", "123")) == []
        for wrong in ("12", "1234", "x123"):
            assert told(rule_set, form, answered("q", wrong)) == [
                (f"{WHERE}String", "The answer does not have the form that the question asks for (regex).")
            ]

    @pytest.mark.parametrize("pattern", ["(?=a)a", r"(a)\1", "(", "a" * 1001, "(a{1,900}){1,900}"])
    def test_a_pattern_that_is_not_tried(self, rule_set: RuleSet, pattern: str) -> None:
        form = [limited("q", "string", extension("regex", valueString=pattern))]
        [problem] = problems(rule_set, form, answered("q", "a"))
        assert problem.kind is Kind.NOTE
        assert problem.message == "Whether the answer has the form that the question asks for was not checked."

    def test_a_text_that_is_too_long_to_try(self, rule_set: RuleSet) -> None:
        form = [limited("q", "string", extension("regex", valueString="a*"))]
        assert told(rule_set, form, answered("q", "a" * 5000)) == []
        assert [one.kind for one in problems(rule_set, form, answered("q", "a" * 5001))] == [Kind.NOTE]

    def test_many_texts_are_tried_only_so_far(self, rule_set: RuleSet) -> None:
        form = [limited("q", "string", extension("regex", valueString="a*"), repeats=True)]
        right, wrong = "a" * 4000, "b" * 4000
        kinds = [one.kind for one in problems(rule_set, form, answered("q", right, right, right, wrong, wrong))]
        assert kinds == [Kind.ANSWER_LIMIT, Kind.NOTE]


class TestNumbers:
    @pytest.mark.parametrize(("written", "fits"), [("1.66", True), ("1.660", False), ("1.666", False), ("2", True)])
    @pytest.mark.parametrize("kind", ["decimal", "quantity"])
    def test_decimal_places_as_written(self, rule_set: RuleSet, kind: str, written: str, fits: bool) -> None:

        number = Decimal(written)
        form = [limited("q", kind, extension("maxDecimalPlaces", valueInteger=2))]
        given = {"valueDecimal": number} if kind == "decimal" else {"valueQuantity": {"value": number}}
        name = "Decimal" if kind == "decimal" else "Quantity"
        said = (WHERE + name, "The answer has more than the 2 decimal places that the question takes.")
        assert told(rule_set, form, item("q", given)) == ([] if fits else [said])


class TestUnits:
    NOT_OFFERED = "The unit is none of those that the question offers."
    NOT_CONVERTED = "The unit is not the question's and is not converted to it."

    def told(self, rule_set: RuleSet, given: dict[str, Any], *extensions: dict[str, Any]) -> list[str]:
        found = told(rule_set, [limited("q", "quantity", *extensions)], item("q", {"valueQuantity": given}))
        assert {where for where, _ in found} <= {f"{WHERE}Quantity"}
        return [message for _, message in found]

    def test_one_of_those_offered(self, rule_set: RuleSet) -> None:
        offered = [
            extension("questionnaire-unitOption", valueCoding=coded(one, UCUM)["valueCoding"]) for one in ("m", "km")
        ]
        assert self.told(rule_set, quantity(1, "km"), *offered) == []
        assert self.told(rule_set, quantity(1, "cm"), *offered) == [self.NOT_OFFERED]
        assert self.told(rule_set, quantity(1, None, None, unit="km"), *offered) == [self.NOT_OFFERED]
        for openness, expected in (("optionsOnly", [self.NOT_OFFERED]), ("optionsOrType", [])):
            opened = extension("sdc-questionnaire-unitOpen", SDC, valueCode=openness)
            assert self.told(rule_set, quantity(1, "cm"), opened, *offered) == expected

    def test_the_unit_itself_or_what_converts_to_it(self, rule_set: RuleSet) -> None:
        unit = extension("questionnaire-unit", valueCoding=coded("kg", UCUM)["valueCoding"])
        for code, expected in (("kg", []), ("g", []), ("m", [self.NOT_CONVERTED]), ("kPa", [self.NOT_CONVERTED])):
            assert self.told(rule_set, quantity(1, code), unit) == expected
        assert self.told(rule_set, quantity(1, "kg", "http://example.org"), unit) == [self.NOT_CONVERTED]

    @pytest.mark.parametrize(("code", "expected"), [("m", []), ("km", [NOT_OFFERED])])
    def test_of_a_value_set(self, rule_set: RuleSet, code: str, expected: list[str]) -> None:
        include = [{"system": UCUM, "concept": [{"code": "m"}]}]
        units = {"resourceType": "ValueSet", "id": "u", "status": "active", "compose": {"include": include}}
        asked = limited("q", "quantity", extension("questionnaire-unitValueSet", valueCanonical="#u"))
        found = told(rule_set, questionnaire(asked, contained=[units]), item("q", {"valueQuantity": quantity(1, code)}))
        assert [message for _, message in found] == expected

    def test_of_a_value_set_that_is_not_here(self, rule_set: RuleSet) -> None:
        elsewhere = extension("questionnaire-unitValueSet", valueCanonical="http://example.org/units")
        assert self.told(rule_set, quantity(1, "m"), elsewhere) == [
            "Whether the question takes the unit was not checked: its value set of units is not at hand."
        ]


DATA = base64.b64encode(b"x" * 10).decode()


class TestAttachments:
    def told(self, rule_set: RuleSet, given: dict[str, Any], *extensions: dict[str, Any], version: Any = R4) -> Any:
        whole = {"contentType": "image/png", **given}
        form = [limited("q", "attachment", *extensions)]
        return told(rule_set, form, item("q", {"valueAttachment": whole}), version=version)

    def test_the_size_of_the_data(self, rule_set: RuleSet) -> None:
        wrong = (f"{WHERE}Attachment.size", "The size of the attachment is not that of its data.")
        plain = extension("maxSize", valueDecimal=10)
        assert self.told(rule_set, {"data": DATA, "size": 10}, plain) == []
        assert self.told(rule_set, {"data": DATA, "size": 11}, plain) == [wrong]
        assert self.told(rule_set, {"data": DATA, "size": "11"}, plain, version=R5) == [wrong]

    @pytest.mark.parametrize("given", [{"data": DATA}, {"url": "http://example.org/a", "size": 10}])
    def test_the_greatest_size_is_in_bytes(self, rule_set: RuleSet, given: dict[str, Any]) -> None:
        assert self.told(rule_set, given, extension("maxSize", valueDecimal=9)) == [
            (f"{WHERE}Attachment", "The attachment has more than the 9 bytes that the question takes.")
        ]
        assert self.told(rule_set, given, extension("maxSize", valueDecimal=10)) == []

    @pytest.mark.parametrize(
        ("given", "fits"),
        [("image/png", True), ("IMAGE/PNG; q=1", True), ("application/pdf", True), ("image/jpeg", False)],
    )
    def test_the_type(self, rule_set: RuleSet, given: str, fits: bool) -> None:
        types = [extension("mimeType", valueCode=one) for one in ("image/png", "application/*")]
        said = (f"{WHERE}Attachment.contentType", "The attachment is of a type that the question does not take.")
        found = self.told(rule_set, {"url": "http://example.org/a", "contentType": given}, *types)
        assert found == ([] if fits else [said])


class TestReferences:
    @pytest.mark.parametrize(
        ("given", "fits"),
        [
            ({"reference": "Patient/1"}, True),
            ({"reference": "http://example.org/fhir/Patient/1/_history/2"}, True),
            ({"reference": "Group/1"}, False),
            ({"reference": "http://example.org/fhir/Group/1"}, False),
            ({"reference": "#p"}, True),
            ({"reference": "#g"}, False),
            ({"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}, True),
            ({"reference": "urn:uuid:c757873d-ec9a-4326-a141-556f43239520", "type": "Group"}, False),
            ({"type": "Patient", "display": "x"}, True),
            ({"display": "x"}, True),
        ],
    )
    def test_the_type_of_the_target(self, rule_set: RuleSet, given: dict[str, str], fits: bool) -> None:
        form = [limited("q", "reference", extension("questionnaire-referenceResource", valueCode="Patient"))]
        contained = [
            {"resourceType": "Patient", "id": "p"},
            {"resourceType": "Group", "id": "g", "type": "person", "actual": True},
        ]
        said = "The reference is to a resource of a type that the question does not take."
        filled, refers = item("q", {"valueReference": given}), pointing_at("p", "g")
        found = told(rule_set, form, filled, contained=contained, extension=refers)
        assert found == ([] if fits else [(f"{WHERE}Reference", said)])
