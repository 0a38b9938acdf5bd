"""Cases, kept: events in SQLite or PostgreSQL, chained, and exactly once. (Extra `store`.)"""
