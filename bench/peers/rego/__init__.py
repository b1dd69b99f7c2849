"""Rego, the language of Open Policy Agent, with the same criteria, on an engine that a package registry has."""
