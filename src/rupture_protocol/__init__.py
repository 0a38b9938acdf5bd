"""Decision support for repairing unintended harm in therapy."""
