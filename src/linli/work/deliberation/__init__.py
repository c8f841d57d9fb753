"""议事: bodies, meetings, lawful ballots and what is decided."""
