"""The meaning: rules and answers in, one decision out; standard library only, no clock, no I/O, no logging."""
