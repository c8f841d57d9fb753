"""What residents do with matters, page by page."""
