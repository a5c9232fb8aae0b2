"""From accepted records to a verified warehouse: plan, inputs, build, schema `ops`, tests."""
