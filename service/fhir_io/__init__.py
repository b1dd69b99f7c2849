"""FHIR JSON in and out of the model."""
