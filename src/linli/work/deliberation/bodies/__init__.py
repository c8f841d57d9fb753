"""组织: bodies that deliberate and decide, with terms, members, and when they must meet."""
