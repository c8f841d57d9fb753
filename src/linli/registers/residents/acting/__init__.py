"""What a worker does to a household, a person or a part: one short form each, one page for all of them."""
