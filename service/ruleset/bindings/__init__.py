"""Bindings of other people's questionnaires: YAML to checked bindings, or every problem with file:line:column."""
