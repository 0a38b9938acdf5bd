"""The keys of a store: what signs its events and locks its cases. They are never in its database."""
