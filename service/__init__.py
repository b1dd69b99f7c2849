"""FHIR triage of numbness: a QuestionnaireResponse in, a RiskAssessment and ServiceRequests out."""

__version__ = "0.1.0"
