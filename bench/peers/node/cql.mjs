// cql-execution: all definitions of the library are evaluated for each response, as its executor does.
import cql from 'cql-execution';
import fhir from 'cql-exec-fhir';

export async function triage({ elm, floor, criteria }) {
  const executor = new cql.Executor(new cql.Library(elm));
  return async (response) => {
    const source = fhir.PatientSource.FHIRv401();
    const patient = { resourceType: 'Patient', id: response.subject.reference.split('/')[1] };
    source.loadBundles([
      { resourceType: 'Bundle', type: 'collection', entry: [{ resource: patient }, { resource: response }] },
    ]);
    const { patientResults } = await executor.exec(source);
    const found = patientResults[patient.id];
    return { fired: criteria.filter(({ id }) => found[id] === true), open: found['open-floor'], floor };
  };
}
