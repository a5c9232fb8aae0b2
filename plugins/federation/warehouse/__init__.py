"""From accepted records to a verified warehouse: plan, inputs, build, verification and the
tables of schema `ops`."""
