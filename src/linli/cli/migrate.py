"""``linli migrate``: make the database what this version expects."""

from collections.abc import Sequence

from .ground import django_ready


def run(arguments: Sequence[str]) -> int:
    """Create or upgrade the tables; arguments go to Django's own ``migrate``."""
    django_ready()
    from django.conf import settings
    from django.core.management import execute_from_command_line

    settings.HOME.mkdir(parents=True, exist_ok=True)
    execute_from_command_line(["linli", "migrate", *arguments])
    return 0


def pending() -> list[str]:
    """Name the migrations that this database has not had yet (``app.name``)."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
