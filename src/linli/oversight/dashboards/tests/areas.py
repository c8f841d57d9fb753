"""Who may look at which area: the same on every page of figures."""

AREAS_READ = (
    ("street", "990101001", 200),
    ("street", "990101001001", 200),
    ("street", "990101002", 404),
    ("street", "990101", 404),
    ("street", "forged", 404),
    ("worker", "990101001001", 200),
    ("worker", "990101001002", 404),
    ("district", "990101002", 200),
    ("district", "990102", 404),
    ("city", "990102", 200),
)
