"""Every write of the authors of policies."""
