"""The category tree in dated editions; each leaf is a row of the 权责清单."""
