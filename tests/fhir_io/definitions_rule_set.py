"""A small rule set that uses every form a definition can take, and its definitions."""

from service.fhir_io.definitions import definitions
from service.fhir_io.versions import R4
from service.triage.model import (
    Ask,
    ChosenCoding,
    Criterion,
    Document,
    Level,
    LevelText,
    Qualifier,
    RecommendedTest,
    RuleSet,
    Source,
    Statement,
    SuspectedCondition,
)
from service.triage.questions import AllOf, AnyOf, AtLeast, Coding, Group, Is, Item, Option

CANON = "https://canon.example/fhir"
ANSWERS = f"{CANON}/CodeSystem/numbness-answers"
CODE_SYSTEMS = (
    "triage-level",
    "suspected-condition",
    "recommended-test",
    "numbness-answers",
    "triage-explanation",
    "answer-change",
    "rule-set",
)
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"

NUMB = Is("numbness", "is", (True,))
SITE = Is("numbness-site", "includes_any", ("foot", "leg"))
WEAK = Is("weakness", "is", (True,))
GRADUAL = Is("weakness-onset", "is", ("gradual",))
NOT_NUMB = Is("numbness", "is", (False,))

ITEMS = (
    Item(
        "numbness",
        "about",
        "boolean",
        repeats=False,
        text="Have you lost feeling?",
        label="numbness",
        codings=(Coding(SNOMED, "44077006", "Numbness"),),
    ),
    Item(
        "numbness-site",
        "about",
        "choice",
        repeats=True,
        text="Where?",
        label="where it is numb",
        options=(
            Option("foot", "foot", (Coding(SNOMED, "56459004", "Foot structure"),)),
            Option("leg", "some part of the leg"),
            Option("none", "none of these"),
        ),
        asked_when=(NUMB, Is("injury", "includes_any", ("leg", "back"))),
    ),
    Item("weakness", "signs", "boolean", repeats=False, text="Is a limb weak?", label="weakness"),
    Item(
        "weakness-onset",
        "signs",
        "choice",
        repeats=False,
        text="How did the weakness begin?",
        label="how it began",
        options=(Option("sudden", "suddenly"), Option("gradual", "gradually")),
        asked_when=(WEAK,),
    ),
    Item("walking", "signs", "boolean", repeats=False, text="Can you walk?", label="walking", asked_when=(NOT_NUMB,)),
    Item(
        "injury",
        "signs",
        "choice",
        repeats=True,
        text="Were you injured?",
        label="injury",
        options=(Option("back", "of the back"), Option("leg", "of a leg"), Option("none", "no injury")),
    ),
)

GRADUALLY = Qualifier(
    "gradually", "The weakness came on gradually", GRADUAL, Level.EMERGENCY, Level.ROUTINE, (), (), "stated", ""
)

ASK = Ask("mri-spine", ("D0-T1",), "stated")
STATED = (Source("D0-E1", "emergency"),)


def criterion(id_, level, when, *, unless=(), tell="Go now.", sources=STATED):
    return Criterion(id_, id_.title(), level, when, unless, (), (ASK,), tell, sources, (), "stated", "")


CRITERIA = (
    criterion("weak-limb", Level.EMERGENCY, WEAK, unless=(GRADUALLY,)),
    criterion("numb-leg", Level.URGENT, AllOf((SITE, AnyOf((WEAK, GRADUAL)))), sources=(Source("UN-1"),)),
    criterion("two-of-three", Level.ROUTINE, AtLeast(2, (NUMB, WEAK, SITE))),
    criterion("nothing", Level.SELF_CARE, NOT_NUMB, tell="", sources=(Source("D1-S1", "none"),)),
)

CONDITIONS = (
    SuspectedCondition("stroke", "Stroke", (Coding(SNOMED, "230690007", "Cerebrovascular accident"),), (), (), ()),
)

TESTS = (
    RecommendedTest(
        "mri-spine",
        "MRI of the spine",
        "imaging",
        (ChosenCoding("spine", Coding(LOINC, "36067-7", "MR Whole spine")),),
        (),
    ),
    RecommendedTest(
        "leg-duplex",
        "Duplex ultrasound",
        "imaging",
        (ChosenCoding("legs", Coding(LOINC, "39421-3", "US.doppler Lower extremity arteries"), SITE),),
        (),
    ),
)

RULE_SET = RuleSet(
    id="limb-numbness",
    version="1.2.0",
    status="active",
    date="2026-01-15",
    title="Triage of numbness",
    description="Criteria for numbness.",
    publisher="The publisher",
    copyright="Rules © the authors.",
    digest="0" * 64,
    levels={level: LevelText(level.code.title(), f"Meaning of {level.code}.", "Do it.") for level in Level},
    documents={
        "D0": Document("D0", "Numbness", "A clinic", "2023-08-21"),
        "D1": Document("D1", "Numb legs", "A paper", ""),
    },
    statements={
        "D0-E1": Statement("D0-E1", "emergency", "A limb is weak", "L96"),
        "D1-S1": Statement("D1-S1", "self-care", "No treatment is needed"),
        "UN-1": Statement("UN-1", "unsaid", "No document says it"),
    },
    groups=(Group("about", "Numbness"), Group("signs", "Signs"), Group("empty", "Nothing asked")),
    items={item.link_id: item for item in ITEMS},
    contradictions=(),
    scope=NUMB,
    open_floor=Level.ROUTINE,
    qualifiers=(GRADUALLY,),
    criteria=CRITERIA,
    conditions={condition.code: condition for condition in CONDITIONS},
    tests={test.code: test for test in TESTS},
    notices=(),
    categories={"imaging": Coding(SNOMED, "363679005", "Imaging")},
)


def made(version=R4, rule_set=RULE_SET):
    return definitions([rule_set], CANON, version)


def questions(version=R4):
    groups = made(version)["Questionnaire", "limb-numbness"]["item"]
    return {item["linkId"]: item for group in groups for item in group["item"]}
