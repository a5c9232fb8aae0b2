"""Facts about Thailand that conforming and the warehouse need: areas, bounding boxes, working
days."""
