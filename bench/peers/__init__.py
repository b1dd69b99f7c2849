"""What the service is measured against: programs that do the same, or a part of it, with parts that others made."""
