"""The decision on an extract: Great Expectations judges, a SQL predicate picks the records."""
