"""The fast way into the service: a body that is plainly valid FHIR is taken without asking fhir.resources."""
