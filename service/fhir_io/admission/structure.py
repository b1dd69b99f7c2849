"""Whether a resource is structurally valid FHIR, with the FHIRPath of everything that is not."""

from __future__ import annotations

from typing import Any

from service.fhir_io.admission.contained import Pointers, contained_faults
from service.fhir_io.admission.invariants import invariants_of
from service.fhir_io.admission.library import library_verdict
from service.fhir_io.admission.problem_list import ProblemList, is_plain_name
from service.fhir_io.admission.repeated_answers import repeated_answers
from service.fhir_io.admission.shapes import Choice, Field, Shape, shape_of
from service.fhir_io.versions import FhirVersion
from service.problems import Problem

_ABSTRACT = frozenset({"Resource", "DomainResource", "CanonicalResource", "MetadataResource"})
_LEAVE_OUT = "Leave the element out when there is nothing to say."


def structural_problems(resource: dict[str, Any], version: FhirVersion, path: str) -> list[Problem]:
    """Everything that is structurally wrong with a resource of any type; at most 50 problems and a count of the rest.

    The library accepts much that FHIR forbids, so its models are walked strictly first
    (https://hl7.org/fhir/R4/json.html, https://hl7.org/fhir/R4/datatypes.html). What passes is validated by it too.
    """
    found = ProblemList()
    walk = _Walk(version, found)
    walk.resource(resource, path)
    if not found:
        library_verdict(resource, version, path, rewrite=walk.rewrite, found=found)
    return found.listed()


class _Walk:
    """One pass over a body. `rewrite` tells that it holds something that the library refuses against FHIR."""

    def __init__(self, version: FhirVersion, found: ProblemList) -> None:
        self.rewrite = False
        self._version = version
        self._found = found
        self._invariants = invariants_of(version)
        self._pointers = Pointers()

    def resource(self, value: dict[str, Any], path: str) -> None:
        """Check a resource that stands for itself; its local references are to its own contained resources (ref-1)."""
        outer, self._pointers = self._pointers, Pointers()
        self._typed(value, path)
        contained = value.get("contained")
        inside = contained if isinstance(contained, list) else []
        ids = {one["id"] for one in inside if isinstance(one, dict) and isinstance(one.get("id"), str)}
        for where, target in self._pointers.local:
            if target not in ids:
                self._found.structure(
                    where,
                    "A reference to #… needs a contained resource with that id (ref-1).",
                    "Add the resource to contained, or refer to it by its address.",
                )
        for fault in contained_faults(value, path, self._pointers):
            self._found.structure(*fault)
        outer.named |= self._pointers.named
        self._pointers = outer

    def _contained(self, value: dict[str, Any], path: str) -> None:
        if "contained" in value:
            self._found.structure(
                f"{path}.contained", "A contained resource contains no other (dom-2).", "Put all of them side by side."
            )
        self._pointers.inside = path
        self._typed(value, path)
        self._pointers.inside = ""

    def _typed(self, value: dict[str, Any], path: str) -> None:
        shape = self._shape(value, path)
        if shape:
            self._members(value, shape, path)
        if shape and shape.name == "QuestionnaireResponse" and self._version.combines_repeated_answers:
            for where in repeated_answers(value):
                message = "The answers to one question stand in one item (qrs-2)."
                self._found.structure(path + where, message, "Put them into the answer of the first of the items.")

    def _shape(self, value: dict[str, Any], path: str) -> Shape | None:
        name = value.get("resourceType")
        if "resourceType" not in value:
            self._found.structure(path, "resourceType is missing.", "Name the type of the resource.")
            return None
        if not isinstance(name, str) or not is_plain_name(name) or name in _ABSTRACT:
            self._found.structure(f"{path}.resourceType", "This is not the name of a resource type.", "Name one.")
            return None
        try:
            shape = shape_of(self._version.model(name))
        except (KeyError, ValueError, AttributeError):
            shape = None
        if shape is None or not shape.resource:
            where = f"{path}.resourceType"
            self._found.structure(where, f"FHIR {self._version.name} has no resource type {name}.", "Name another.")
            return None
        return shape

    def _members(self, value: dict[str, Any], shape: Shape, path: str) -> None:
        self._named(value, shape, path)
        for name in shape.required:
            if name not in value and f"_{name}" not in value:
                self._found.structure(path, f"{shape.name}.{name} is required.", f"Add {name}.")
        for choice in shape.choices:
            self._choice(value, choice, path)
        for invariant in self._invariants.get(shape.name, ()):
            if not invariant.holds(value):
                self._found.structure(path, f"{invariant.message[:-1]} ({invariant.key}).", invariant.remedy)
        if shape.name == "Reference":
            self._reference(value.get("reference"), path)

    def _named(self, value: dict[str, Any], shape: Shape, path: str) -> None:
        for name, given in value.items():
            if self._found.enough:
                break
            field = shape.fields.get(name)
            if field:
                self._element(given, field, value, f"{path}.{name}")
            elif name != "resourceType" or not shape.resource:
                self._unknown(name, shape, path)

    def _unknown(self, name: str, shape: Shape, path: str) -> None:
        remedy = "Remove it, or send it as an extension."
        if is_plain_name(name):
            self._found.structure(f"{path}.{name}", f"{shape.name} has no element {name}.", remedy)
        else:
            self._found.structure(path, f"{shape.name} has an element whose name is not one of FHIR's.", remedy)

    def _choice(self, value: dict[str, Any], choice: Choice, path: str) -> None:
        given = sorted({name.removeprefix("_") for name in value} & choice.names)
        if len(given) > 1:
            listed = " and ".join(given[:4])
            self._found.structure(path, f"Only one {choice.name}[x] is allowed, not {listed}.", "Keep one of them.")
        elif choice.required and not given:
            self._found.structure(path, f"{choice.name}[x] is required.", f"Add {choice.name} with its type.")

    def _reference(self, target: object, path: str) -> None:
        where = f"{path}.reference"
        if isinstance(target, str) and any(character.isspace() for character in target):
            self._found.structure(where, "A reference is a URL, which has no white space.", "Write it as type/id.")
        elif isinstance(target, str) and target.startswith("#") and (len(target) > 1 or not self._pointers.inside):
            self._pointers.local.append((where, target[1:]))

    def _element(self, given: object, field: Field, parent: dict[str, Any], where: str) -> None:
        if not field.many:
            if isinstance(given, list):
                self._found.structure(where, f"{field.name} is not a list.", "Give it without [ ].")
            else:
                self._one(given, field, _partner(field, parent), where)
            return
        if not isinstance(given, list):
            self._found.structure(where, f"{field.name} is a list.", "Put it into [ ].")
            return
        if not given:
            self._found.structure(where, "A list is never empty.", _LEAVE_OUT)
        partners = _partner(field, parent)
        for index, one in enumerate(given):
            if self._found.enough:
                return
            partner = partners[index] if isinstance(partners, list) and index < len(partners) else None
            if one is not None or partner is None:
                self._one(one, field, partner, f"{where}[{index}]")

    def _one(self, given: object, field: Field, partner: object, where: str) -> None:
        if given is None:
            self._found.structure(where, "null is not allowed here.", _LEAVE_OUT)
        elif field.test:
            self._primitive(given, field, where)
        elif not isinstance(given, dict):
            self._found.structure(where, "A JSON object is expected.", "Write its elements inside { }.")
        elif not given:
            self._found.structure(where, "An object is never empty.", _LEAVE_OUT)
        elif field.type_class is None:
            (self._contained if field.name == "contained" else self.resource)(given, where)
        else:
            if given.keys() == {"id"} and (partner is None or not field.companion):
                message = "An element has a value, children or an extension beside its id (ele-1)."
                self._found.structure(where, message, _LEAVE_OUT)
            self.rewrite = self.rewrite or field.name.startswith("_value")
            self._members(given, field.shape(), where)

    def _primitive(self, given: object, field: Field, where: str) -> None:
        fault = field.test(given) if field.test else ""
        if fault:
            self._found.structure(where, fault, f"Write it as FHIR's {field.primitive}, or leave it out.")
        elif field.codes and given not in field.codes:
            listed = ", ".join(sorted(field.codes))
            self._found.structure(
                where, f"{field.name} is not one of the codes that FHIR allows here.", f"Use {listed}."
            )
        self.rewrite = self.rewrite or field.primitive == "uuid"
        self._pointers.met(field.name, field.primitive, given)


def _partner(field: Field, parent: dict[str, Any]) -> object:
    """The value of `name` for `_name`, and the other way round: in a list the one's null is the other's place."""
    if field.companion:
        return parent.get(field.name[1:])
    return parent.get(f"_{field.name}") if field.test else None
