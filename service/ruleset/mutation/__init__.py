"""Changes the rules, one small change at a time, to see whether a case notices."""
