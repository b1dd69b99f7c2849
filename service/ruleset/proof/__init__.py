"""The safety properties of a rule set, proven over every possible set of answers instead of sampled."""
