"""The journeys' own watchman: what a window complains about must fail a journey."""

import pytest
from playwright.sync_api import Route

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
POLICY = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:",
    "Content-Type": "text/html; charset=utf-8",
}
PAGE = "<!doctype html><html lang=zh><title>试</title><body><main><h1>试</h1>{}</main></body></html>"


def _answer(body: str):
    return lambda route: Route.fulfill(route, status=200, headers=POLICY, body=PAGE.format(body))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script>1</script>", "Content Security Policy"),
        ("<p style='color: red'>", "Content Security Policy"),
        ("<img src='http://elsewhere.invalid/a.png' alt=''>", "another host"),
    ],
)
def test_a_violation_is_a_complaint(visitor, complaints, body: str, expected: str) -> None:
    page = visitor()
    page.route("**/made-up/", _answer(body))
    page.goto("/made-up/")
    assert any(expected in complaint for complaint in complaints.found)
    complaints.found.clear()


def test_a_clean_page_is_none(visitor, complaints, axe) -> None:
    page = visitor("desk")
    page.route("**/made-up/", _answer("<p>好</p>"))
    page.goto("/made-up/")
    axe(page)
    assert complaints.found == []


def test_axe_sees_a_picture_without_words(visitor, axe) -> None:
    page = visitor()
    page.route("**/made-up/", _answer("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>"))
    page.goto("/made-up/")
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)
    page.close()
