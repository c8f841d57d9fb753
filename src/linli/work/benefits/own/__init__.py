"""What a resident may be entitled to, by what is held of their own household."""
