"""Who is on duty when: the week's roster of a unit, and swapping a shift."""
