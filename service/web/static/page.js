"use strict";

// Where the service is, also below a path that a proxy puts before it.
const base = new URL("..", document.currentScript.src);

const by = (id) => document.getElementById(id);

function add(parent, tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  parent.append(made);
  return made;
}

function list(parent, title, texts) {
  if (!texts.length) return;
  add(parent, "h3", title);
  const items = add(parent, "ul");
  for (const text of texts) add(items, "li", text);
}

function ofType(bundle, type) {
  return bundle.entry.map((entry) => entry.resource).filter((resource) => resource.resourceType === type);
}

function issueTexts(outcome) {
  return outcome.issue.map((issue) => `${issue.severity}: ${issue.details.text}`);
}

function coded(outcomes, code) {
  return outcomes.flatMap((outcome) => outcome.issue)
    .filter((issue) => (issue.details.coding || [{}])[0].code === code);
}

function fold(parent, title, issues) {
  if (!issues.length) return;
  const box = add(parent, "details");
  add(box, "summary", `${title} (${issues.length})`);
  const items = add(box, "ul");
  for (const issue of issues) add(items, "li", issue.details.text);
}

function showExplanation(box, outcomes) {
  fold(box, "What to ask next", coded(outcomes, "ask-next"));
  fold(box, "What would make it higher", coded(outcomes, "would-raise"));
  fold(box, "What would make it lower", coded(outcomes, "would-lower"));
}

function showDecision(box, bundle) {
  const [risk] = ofType(bundle, "RiskAssessment");
  const level = risk.prediction[0].qualitativeRisk.coding[0];
  const head = add(box, "p");
  add(head, "span", level.display, `tag ${level.code}`);
  head.append(risk.status === "final" ? " final" : " preliminary: unanswered questions could still raise the level");
  add(box, "p", risk.mitigation);
  list(box, "Why", risk.prediction[0].rationale.split("\n"));
  list(box, "Suspected conditions", risk.prediction.slice(1).map((p) => `${p.outcome.text}: ${p.rationale}`));
  const tests = ofType(bundle, "ServiceRequest").map((order) => {
    const code = order.code.concept || order.code;
    return `${code.text} (${order.priority})`;
  });
  list(box, "Proposed tests", tests);
  const outcomes = ofType(bundle, "OperationOutcome");
  list(box, "Warnings", coded(outcomes, undefined).map((issue) => issue.details.text));
  showExplanation(box, outcomes);
  const notes = add(box, "details");
  add(notes, "summary", "All notes, with sources");
  list(notes, "Notes", risk.note.map((note) => note.text));
}

function withSubject(text) {
  const reference = by("subject").value.trim();
  const body = JSON.parse(text);
  if (!reference || body.subject || body.resourceType !== "QuestionnaireResponse") return text;
  return JSON.stringify({
    resourceType: "Parameters",
    parameter: [
      { name: "questionnaireResponse", resource: body },
      { name: "subject", valueReference: { reference } },
    ],
  });
}

async function submit(event) {
  event.preventDefault();
  const box = by("decision");
  box.replaceChildren();
  box.hidden = false;
  const type = `application/fhir+json; fhirVersion=${by("version").value}`;
  try {
    let body = by("body").value;
    try { body = withSubject(body); } catch { /* not JSON: the service says so better */ }
    const reply = await fetch(new URL("fhir/QuestionnaireResponse/$triage", base), {
      method: "POST", headers: { "Content-Type": type, Accept: type }, body,
    });
    const answer = await reply.json();
    if (answer.resourceType === "Bundle") showDecision(box, answer);
    else list(box, `Refused (HTTP ${reply.status})`, issueTexts(answer));
    const raw = add(box, "details");
    add(raw, "summary", "FHIR");
    add(raw, "pre", JSON.stringify(answer, null, 2));
  } catch {
    add(box, "p", "The service could not be reached. Try again.");
  }
}

async function choose(event) {
  const option = event.target.selectedOptions[0];
  if (!option.value) return;
  by("version").value = option.dataset.version;
  const reply = await fetch(new URL(`examples/${option.value}/response.json`, base));
  by("body").value = await reply.text();
}

by("form").addEventListener("submit", submit);
by("example").addEventListener("change", choose);
