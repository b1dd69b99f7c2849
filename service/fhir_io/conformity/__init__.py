"""Whether a QuestionnaireResponse is an answer to its Questionnaire."""
