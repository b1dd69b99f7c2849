// fhirpath.js: every expression is parsed once, and evaluated for each response.
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';

const LEVELS = ['self-care', 'routine', 'urgent', 'emergency'];

export async function triage({ items, floor, criteria }) {
  const all = fhirpath.compile(items, r4);
  const compiled = criteria.map(({ id, level, fires }) => ({ id, level, judge: fhirpath.compile(fires, r4) }));
  return (response) => {
    const environment = { items: all(response), resource: response };
    const fired = [];
    let open = false;
    for (const { id, level, judge } of compiled) {
      const [verdict] = judge(response, environment);
      if (verdict === true) fired.push({ id, level });
      else if (verdict === undefined && LEVELS.indexOf(level) >= LEVELS.indexOf(floor)) open = true;
    }
    return { fired, open, floor };
  };
}
