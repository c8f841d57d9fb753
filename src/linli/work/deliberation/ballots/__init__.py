"""表决： a lawful ballot from its roll to its result, on the web, on paper, by telephone and at the door."""
