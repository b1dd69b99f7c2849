"""Rule files in, a compiled RuleSet out, or every problem with file, line and column."""
