// Works for as long as a line on its input says, and counts: `run MODE SECONDS FILE`, `judge FILE`.
// node window.mjs fhirpath|cql DEFINITIONS
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const LEVELS = ['self-care', 'routine', 'urgent', 'emergency'];
const [engine, path] = process.argv.slice(2);
const { triage } = await import(`./${engine}.mjs`);
const judged = await triage(JSON.parse(readFileSync(path, 'utf-8')));

for await (const line of createInterface({ input: process.stdin })) {
  const [word, ...rest] = line.split(' ');
  const answer = word === 'run' ? await run(rest[0], Number(rest[1]), rest[2]) : await judge(rest[0]);
  process.stdout.write(JSON.stringify(answer) + '\n');
}

async function run(mode, seconds, file) {
  const raw = readFileSync(file, 'utf-8');
  const response = JSON.parse(raw);
  const began = process.hrtime.bigint();
  const ends = began + BigInt(Math.round(seconds * 1e9));
  let operations = 0;
  while (process.hrtime.bigint() < ends) {
    if (mode === 'bytes') JSON.stringify(await judged(JSON.parse(raw)));
    else await judged(response);
    operations += 1;
  }
  return { operations, seconds: Number(process.hrtime.bigint() - began) / 1e9 };
}

async function judge(file) {
  const found = [];
  for (const line of readFileSync(file, 'utf-8').split('\n').filter(Boolean)) {
    const { fired, open, floor } = await judged(JSON.parse(line));
    const reached = [...fired.map((one) => LEVELS.indexOf(one.level)), open ? LEVELS.indexOf(floor) : 0];
    found.push({ level: LEVELS[Math.max(0, ...reached)], fired: fired.map((one) => one.id).sort() });
  }
  return found;
}
