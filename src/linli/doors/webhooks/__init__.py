"""Steps of matters sent to other systems as they happen: signed, retried, logged."""
