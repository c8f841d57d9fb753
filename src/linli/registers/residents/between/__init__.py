"""Pages between registrations and committees: one person twice, and moves from another area."""
