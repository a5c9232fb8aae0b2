"""The steps in their order: one pass from the platforms to a release and its reports."""
