"""Many messages on one cause become one handled cluster with many receipts; hot issues by area and period."""
