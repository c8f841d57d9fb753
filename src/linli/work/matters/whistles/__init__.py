"""吹哨报到： a committee or a street calls units to a place; they check in, act together, are rated."""
