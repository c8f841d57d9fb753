"""Open interfaces to other systems: they stand on every room and belong to none."""
