"""What of the registry can be imported: homes, people, establishments, titles, benefits paid."""
