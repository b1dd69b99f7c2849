"""Engines on Node: fhirpath.js and cql-execution, with the same criteria."""
