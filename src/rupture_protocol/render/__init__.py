"""A protocol as people look at it: a text table, Mermaid, DOT. Drawn from our own model; plain `str` out."""
