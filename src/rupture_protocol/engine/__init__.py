"""What a protocol says about a case. Pure: no files, no clock, no randomness. Only here: transitions."""
