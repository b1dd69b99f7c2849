"""Bytes in: one object out, or the exact words of the refusal."""

import json
import time
from decimal import Decimal
from functools import cache

import pytest

from service.fhir_io.admission.body import Limits, parse_body
from service.problems import Kind, Refused


def refusal(raw: bytes) -> tuple[Kind, str]:
    with pytest.raises(Refused) as caught:
        parse_body(raw)
    return caught.value.problems[0].kind, caught.value.problems[0].text


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "The body is empty. Send a QuestionnaireResponse or Parameters as JSON."),
        (b" \r\n\t", "The body is empty. Send a QuestionnaireResponse or Parameters as JSON."),
        (
            b"\xef\xbb\xbf{}",
            "The body starts with a byte order mark. Send the body as UTF-8 without a byte order mark.",
        ),
        (
            '{"a": 1}'.encode("utf-16"),
            "The body is encoded as UTF-16 or UTF-32. Send the body as UTF-8 without a byte order mark.",
        ),
        (
            '{"a": 1}'.encode("utf-16-le"),
            "The body is encoded as UTF-16 or UTF-32. Send the body as UTF-8 without a byte order mark.",
        ),
        (
            '{"a": 1}'.encode("utf-32-be"),
            "The body is encoded as UTF-16 or UTF-32. Send the body as UTF-8 without a byte order mark.",
        ),
        (b'{"a": "\xff"}', "The body is not UTF-8: byte 8 is wrong. Send the body as UTF-8 without a byte order mark."),
        (b"[]", 'The body is JSON, but not an object. Send one resource: { "resourceType": … }.'),
        (b"null", 'The body is JSON, but not an object. Send one resource: { "resourceType": … }.'),
        (
            b'{\n "a": 1,\n "b": secret}',
            "The body is not JSON: Expecting value, at line 3, column 7. Send one JSON object.",
        ),
        (b'{"a": 1} {', "The body is not JSON: Extra data, at line 1, column 10. Send one JSON object."),
        (
            b'{"a": "secret',
            "The body is not JSON: Unterminated string, at line 1, column 7. Send one JSON object.",
        ),
        (b'{"a":\n NaN}', "NaN is not a number in JSON, at line 2, column 2. Leave the element out."),
        (
            b'{"a": "-Infinity", "b": -Infinity}',
            "-Infinity is not a number in JSON, at line 1, column 25. Leave the element out.",
        ),
        (
            b'{"a": ' + b"1" * 41 + b"}",
            "A number has more than 40 digits, at line 1, column 7. Send a shorter number.",
        ),
        (
            b'{"a": 0.' + b"1" * 40 + b"}",
            "A number has more than 40 digits, at line 1, column 7. Send a shorter number.",
        ),
        (
            b'{"a": 1e999999999}',
            "A number has an exponent over 300, at line 1, column 7. Send a smaller number.",
        ),
    ],
)
def test_malformed(raw: bytes, words: str) -> None:
    assert refusal(raw) == (Kind.MALFORMED, words)


def test_repeated_keys_are_named_with_their_place() -> None:
    raw = (
        b'{"resourceType": "QuestionnaireResponse", "status": "completed", "status": "amended",'
        b' "item": [{"linkId": "a"}, {"linkId": "b", "linkId": "c", "John Doe": 1, "John Doe": 2}]}'
    )
    with pytest.raises(Refused) as caught:
        parse_body(raw)
    assert [problem.text for problem in caught.value.problems] == [
        "QuestionnaireResponse: The key status is given more than once. Keep one of them.",
        "QuestionnaireResponse.item[1]: The key linkId is given more than once. Keep one of them.",
        "QuestionnaireResponse.item[1]: A key is given more than once. Keep one of them.",
    ]


def test_half_a_surrogate_pair_is_refused_and_a_whole_one_is_not() -> None:
    assert refusal(rb'{"resourceType": "Patient", "name": [{"text": "\ud83d"}]}') == (
        Kind.MALFORMED,
        "Patient.name[0].text: A string holds half of a surrogate pair. Send both halves, or the character as UTF-8.",
    )
    assert parse_body(rb'{"a": "\ud83d\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("levels", [65, 500, 10_000, 200_000])
def test_deep_nesting_is_refused_fast(opening: bytes, levels: int) -> None:
    closing = b"]" if opening == b"[" else b"}"
    raw = b'{"a":' + opening * levels + b"1" + closing * levels + b"}"
    start = time.process_time()
    kind, words = refusal(raw)
    assert time.process_time() - start < 100 * cost_of_a_plain_mebibyte()
    assert kind is Kind.MALFORMED
    assert words == "The body is nested more than 64 levels deep. Send a flatter resource."


def test_nesting_up_to_the_limit_is_read() -> None:
    assert parse_body(b'{"a":' * 64 + b"1" + b"}" * 64)
    assert refusal(b'{"a":' * 65 + b"1" + b"}" * 65)[0] is Kind.MALFORMED


def test_limits_can_be_set() -> None:
    raw = b'{"item": [{"linkId": "a"}, {"linkId": "b"}]}'
    assert parse_body(raw, Limits(max_depth=3, max_items=2, max_objects=3))
    for tighter in (Limits(max_depth=2), Limits(max_items=1), Limits(max_objects=2)):
        with pytest.raises(Refused):
            parse_body(raw, tighter)


def test_too_many_items_and_objects() -> None:
    items = json.dumps({"item": [{"linkId": "a", "answer": [{"valueBoolean": True}]}] * 1000}).encode()
    assert len(parse_body(items)["item"]) == 1000
    words = "The body has more than 2000 items and answers or 5000 objects. Send a smaller response."
    assert refusal(items.replace(b"[", b'[{"linkId": "b"},', 1)) == (Kind.TOO_LARGE, words)
    assert refusal(json.dumps({"extension": [{}] * 5_000}).encode()) == (Kind.TOO_LARGE, words)


@pytest.mark.parametrize("entry", [b"1", b"[]", b'""', b"null"], ids=["numbers", "lists", "texts", "nulls"])
def test_too_many_values(entry: bytes) -> None:
    words = "The body has more than 50000 values. Send a smaller response."
    assert refusal(b'{"a":[' + entry + (b"," + entry) * 50_000 + b"]}") == (Kind.TOO_LARGE, words)
    assert len(parse_body(b'{"a":[' + entry + (b"," + entry) * 20_000 + b"]}")["a"]) == 20_001


@pytest.mark.parametrize("text", [",[{" * 100_000, '",' * 100_000, "\\" + ",[" * 100_000])
def test_commas_and_brackets_in_a_text_are_no_values(text: str) -> None:
    assert parse_body(json.dumps({"a": text}).encode()) == {"a": text}


def test_after_a_thousand_faults_it_is_enough() -> None:
    halves = b'{"resourceType":"QuestionnaireResponse","basedOn":[' + b'"\\ud800",' * 20_000 + b"1]}"
    with pytest.raises(Refused) as caught:
        parse_body(halves)
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1].text == "QuestionnaireResponse: And more than 950 problems that are not listed."


def test_decimals_keep_their_precision() -> None:
    assert str(parse_body(b'{"a": 1.10}')["a"]) == "1.10"
    assert isinstance(parse_body(b'{"a": 1.0}')["a"], Decimal)
    assert parse_body(b'{"a": 12}')["a"] == 12


@cache
def cost_of_a_plain_mebibyte() -> float:
    """Seconds of CPU for a body that is read without a word."""
    raw = b'{"a":[' + b'"aaaaaaaaaaaaaaaaaaaa",' * 45_000 + b'"a"]}'
    start = time.process_time()
    parse_body(raw)
    return time.process_time() - start


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * (1 << 20),
        b'{"' * (1 << 19),
        b'"' * (1 << 20),
        b'{"a":"' + b"\\u0041" * 170_000,
        b'{"a":[' + b"0," * 500_000,
        b'{"a":[' + b"{}," * 340_000 + b"{}]}",
        b"{" + b",".join(b'"k%d":1' % n for n in range(90_000)) + b',"k1":2}',
        b"{" + b'"k":1,' * 170_000 + b'"k":2}',
        bytes(range(256)) * 4096,
        b"-" * (1 << 20),
        b'{"a": ' + b"9" * (1 << 20) + b"}",
        b'{"a":[' + b'"\\"",' * 200_000 + b"NaN]}",
    ],
)
def test_a_mebibyte_of_garbage_costs_about_what_any_mebibyte_does(raw: bytes) -> None:
    start = time.process_time()
    kind, words = refusal(raw)
    took = time.process_time() - start
    assert took < 100 * cost_of_a_plain_mebibyte()  # what grows with the square would cost a thousand times as much
    assert kind in (Kind.MALFORMED, Kind.TOO_LARGE)
    assert len(words) < 300


def test_a_place_that_fhirpath_cannot_say_is_told_by_what_holds_it() -> None:
    raw = b'{"resourceType":"A","it/em":[{"a":1,"a":2}],"x":[[{"b":1,"b":2}]],"y":{"z":[{"c":1,"c":2}]}}'
    with pytest.raises(Refused) as refused:
        parse_body(raw)
    assert [problem.where for problem in refused.value.problems] == ["A", "A.x[0]", "A.y.z[0]"]


def test_a_place_in_a_body_that_is_of_no_type_begins_with_its_element() -> None:
    with pytest.raises(Refused) as refused:
        parse_body(b'{"item":[{"a":1,"a":2}],"b":1,"b":2}')
    assert [problem.where for problem in refused.value.problems] == ["", "item[0]"]
