"""What residents say of closed matters: single-use links, calls by somebody else, figures."""
