"""From the registry to leads: snapshots, runs, comparison, and one household looked at now."""
