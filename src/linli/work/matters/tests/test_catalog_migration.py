"""Trees from before there were paths: every node gets its own, every version its edition."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE, AFTER = ("matters", "0014_answers"), ("matters", "0016_catalog_path")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_old_trees_get_paths_and_editions(request: pytest.FixtureRequest) -> None:
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "matters"]
    request.addfinalizer(lambda: MigrationExecutor(connection).migrate(latest))
    executor.migrate([BEFORE])
    old: Any = executor.loader.project_state([BEFORE]).apps.get_model("matters", "Category")
    top = old.objects.create(code="a", name="市容/环境", version="2025", is_active=False)
    old.objects.create(code="b", name="违建", version="2025", parent=top, is_active=False)
    old.objects.create(code="a", name="市容", version="2026")
    old.objects.create(code="c", name="市容", version="2026")
    executor = MigrationExecutor(connection)
    executor.migrate([AFTER])
    apps: Any = executor.loader.project_state([AFTER]).apps
    nodes = apps.get_model("matters", "Category").objects.order_by("version", "code")
    assert list(nodes.values_list("path", "depth", "is_leaf")) == [
        ("市容、环境", 1, False),
        ("市容、环境/违建", 2, True),
        ("市容", 1, True),
        ("市容（c）", 1, True),
    ]
    editions = apps.get_model("matters", "CategoryEdition").objects.order_by("starts_on")
    assert list(editions.values_list("version", "starts_on", "leaves")) == [
        ("2025", date(2000, 1, 1), 1),
        ("2026", date(2000, 1, 2), 2),
    ]
    nodes.all().filter(parent__isnull=False).delete()
    nodes.all().delete()
