"""The tests of this room run on their own few pages."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project

HERE = Path(__file__).resolve().parent


@pytest.fixture(autouse=True)
def own_pages(settings: Any) -> None:
    """Serve this room's pages and the test pages, in the demo's dress."""
    settings.ROOT_URLCONF = "linli.foundation.ui.tests.pages"
    settings.DEMO = True
    settings.TEMPLATES = [{**project.TEMPLATES[0], "DIRS": [HERE / "templates"]}]
