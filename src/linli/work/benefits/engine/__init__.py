"""The two evaluators of rules, for one household and for millions, and what they read and write."""
