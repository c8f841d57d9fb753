"""A made-up city: people, households, homes, owners and facts that exist nowhere, seeded and reproducible."""
