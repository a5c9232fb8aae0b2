"""One module per city: the truth in the city's native shape."""
