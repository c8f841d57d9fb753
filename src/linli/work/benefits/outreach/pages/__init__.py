"""The desk's pages of outreach."""
