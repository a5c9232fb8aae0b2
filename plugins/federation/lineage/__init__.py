"""What was made from what, as OpenLineage events."""
