"""What a protocol says about a case. Pure: no files, no clock, no randomness, no globals. Only here: transitions."""
