"""Named cases of a protocol: reading them, running them, and what they show of it. Pure."""
