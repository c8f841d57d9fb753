"""政策找人: benefits find the people they are for, with reasons."""
