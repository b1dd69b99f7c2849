"""The clinical reasoning of cqframework: PlanDefinition/$apply with the same criteria."""
