"""The demo: one Shanghai street and thirty days of its life, built through the services."""

from .cast import accounts_table

__all__ = ["accounts_table"]
