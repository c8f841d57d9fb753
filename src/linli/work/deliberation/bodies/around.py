"""Around which neighbourhood somebody reads."""

from django.http import HttpRequest

from linli.core.errors import NotFound
from linli.foundation.places.selectors import division_by_code


def area_chosen(request: HttpRequest) -> str:
    """Return the path of the neighbourhood that the reader chose, empty where there is none."""
    code = request.place_code()  # type: ignore[attr-defined]
    try:
        return division_by_code(code).path if code else ""
    except NotFound:
        return ""
