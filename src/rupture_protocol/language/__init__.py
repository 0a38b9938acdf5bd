"""What an author may write: text in, a `Protocol` or its issues out. Only here: yaml."""
