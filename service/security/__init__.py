"""Who may call: access tokens and what they allow. Knows neither Flask nor FHIR resources."""
