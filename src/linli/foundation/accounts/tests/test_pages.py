"""Signing in over HTTP, the two switches, one's own pages, the pages of administrators."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from linli.core import clock as core_clock
from linli.foundation.accounts import privacy, rules, services
from linli.foundation.accounts.models import Account, OneTimeCode, Person, PrivacyConsent
from linli.foundation.accounts.privacy import Notice
from tests.people import PASSWORD, Cast

PHONE = "138 1111 2222"


@pytest.fixture
def shown(settings: Any, clock: datetime) -> None:
    """Codes on the screen, as in the demo, and a clock that stands still."""
    settings.SHOW_CODES = True


def phone_sent(client: Client, phone: str = PHONE, **extra: str) -> Any:
    version = privacy.notice_current().version
    given = {"phone": phone, "agree": "on", "privacy_version": version, **extra}
    return client.post("/sign-in/", given)


def code_of(client: Client) -> str:
    return str(client.session["sign_in"]["shown"])


def test_a_resident_comes_in_and_back_to_where_they_were(db: None, shown: None) -> None:
    client = Client()
    assert client.get("/me/?tab=1").headers["Location"] == "/sign-in/?next=%2Fme%2F%3Ftab%3D1"
    assert phone_sent(client, next="/me/?tab=1").headers["Location"] == "/sign-in/code/"
    before = client.cookies["sessionid"].value
    page = client.get("/sign-in/code/").content.decode()
    assert code_of(client) in page and "138****2222" in page and "13811112222" not in page
    answer = client.post("/sign-in/code/", {"code": code_of(client)})
    assert answer.headers["Location"] == "/me/?tab=1"
    assert client.cookies["sessionid"].value != before
    assert client.get("/me/").status_code == 200
    assert "sign_in" not in client.session


def test_in_earnest_no_code_is_on_the_screen(db: None) -> None:
    client = Client()
    phone_sent(client)
    page = client.get("/sign-in/code/").content.decode()
    assert "尚未接入短信网关" in page and code_of(client) == ""


@pytest.mark.parametrize(
    "forged",
    ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example", "http:evil"],
)
def test_a_forged_way_back_leads_home(db: None, shown: None, forged: str) -> None:
    client = Client()
    phone_sent(client, next=forged)
    answer = client.post("/sign-in/code/", {"code": code_of(client)})
    assert answer.headers["Location"] == django_settings.LOGIN_REDIRECT_URL


def test_consent_is_asked_for_and_nothing_typed_is_lost(db: None) -> None:
    answer = Client().post("/sign-in/", {"phone": PHONE, "privacy_version": "x", "next": "/report/"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "勾选同意" in page
    assert f'value="{PHONE}"' in page and 'value="/report/"' in page
    assert not OneTimeCode.objects.exists()


@pytest.mark.parametrize("phone", ["", "021-64310000", "12345"])
def test_what_is_no_number_is_said_beside_the_field(db: None, phone: str) -> None:
    answer = phone_sent(Client(), phone)
    assert answer.status_code == 422 and "手机号" in answer.content.decode()


def test_too_often_says_how_long_to_wait(db: None, shown: None) -> None:
    phone_sent(Client())
    answer = phone_sent(Client())
    assert answer.status_code == 429 and 1 <= int(answer.headers["Retry-After"]) <= 61
    page = answer.content.decode()
    assert "后再试" in page and f'value="{PHONE}"' in page
    core_clock.clock_forward(timedelta(seconds=61))
    assert phone_sent(Client()).status_code == 302


def test_a_wrong_code_stays_on_the_page(db: None, shown: None) -> None:
    client = Client()
    phone_sent(client)
    answer = client.post("/sign-in/code/", {"code": "00000x"})
    assert answer.status_code == 422 and "还可以试4次" in answer.content.decode()
    assert OneTimeCode.objects.get().attempts == 1 and not Person.objects.exists()
    answer = client.post("/sign-in/code/", {"code": ""})
    assert answer.status_code == 422 and OneTimeCode.objects.get().attempts == 1


def test_another_code_can_be_asked_for(db: None, shown: None) -> None:
    client = Client()
    phone_sent(client, next="/me/")
    assert client.post("/sign-in/code/", {"resend": "1"}).status_code == 429
    core_clock.clock_forward(timedelta(seconds=61))
    assert client.post("/sign-in/code/", {"resend": "1"}).status_code == 302
    answer = client.post("/sign-in/code/", {"code": code_of(client)})
    assert answer.headers["Location"] == "/me/"


def test_a_half_finished_sign_in_ends_after_ten_minutes(db: None, shown: None) -> None:
    client = Client()
    phone_sent(client)
    core_clock.clock_forward(timedelta(minutes=11))
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


def test_a_visitor_has_a_key_of_their_own(db: None) -> None:
    one, other = Client(), Client()
    one.get("/privacy/")
    one.get("/me/")
    other.get("/me/")
    keys = {client.cookies["visitor"].value for client in (one, other)}
    assert len(keys) == 2 and "sessionid" not in one.cookies
    one.get("/me/")
    assert one.cookies["visitor"].value in keys
    one.cookies["visitor"] = "forged"
    one.get("/me/")
    assert rules.re.fullmatch(r"[0-9a-f]{32}", one.cookies["visitor"].value)


def test_a_new_notice_is_asked_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    client = cast.client("resident")
    assert client.get("/me/").status_code == 200
    newer = Notice("2099-01-01", "新告知", core_clock.today(), "# 题\n\n正文")
    everything = (*privacy.notice_list(), newer)
    monkeypatch.setattr(privacy, "notice_list", lambda: everything)
    assert client.get("/me/").headers["Location"] == "/privacy/agree/?next=%2Fme%2F"
    assert client.post("/privacy/agree/", {"version": "old", "next": "/me/"}).status_code == 422
    answer = client.post("/privacy/agree/", {"version": "2099-01-01", "next": "/me/"})
    assert answer.headers["Location"] == "/me/" and client.get("/me/").status_code == 200
    assert PrivacyConsent.objects.filter(person=cast.person("resident"), version="2099-01-01").exists()


def test_no_number_code_or_name_is_logged(cast: Cast, shown: None, caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    with caplog.at_level("INFO"):
        phone_sent(client, "021-64310000")
        phone_sent(client)
        code = code_of(client)
        client.post("/sign-in/code/", {"code": "00000x"})
        client.post("/sign-in/code/", {"code": code})
        client.post("/me/", {"name": "李阿婆"})
        signed_in(Client(), "worker", "wrong-password")
    text = caplog.text
    assert text
    for value in (PHONE, "13811112222", "021-64310000", code, "李阿婆", "wrong-password", "127.0.0.1"):
        assert value not in text


# --- staff -------------------------------------------------------------------


def signed_in(client: Client, username: str = "worker", password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/desk/sign-in/", {"username": username, "password": password, **extra})


def step(client: Client, **given: str) -> Any:
    url = "/desk/sign-in/step/"
    return client.post(url, given) if given else client.get(url)


def code_now(secret: str) -> str:
    return rules.totp_value(secret, int(core_clock.now().timestamp()) // 30)


def test_the_first_sign_in_of_staff_binds_an_authenticator(cast: Cast, clock: datetime) -> None:
    client = Client()
    assert client.get("/desk/settings/users/").headers["Location"].startswith("/desk/sign-in/?next=")
    assert signed_in(client, " Worker ", next="/desk/settings/users/").status_code == 302
    assert client.get("/desk/settings/users/").status_code == 302
    page = step(client)
    secret = page.context["secret"]
    assert page.context["qr"].startswith("data:image/svg+xml") and secret in page.content.decode()
    assert secret not in str(client.session["staff_sign_in"])
    assert step(client, code="000000").status_code == 422
    assert step(client).context["secret"] == secret
    before = client.cookies["sessionid"].value
    assert step(client, code=code_now(secret)).status_code == 302
    codes = step(client)
    assert len(codes.context["codes"]) == 10 and client.cookies["sessionid"].value != before
    assert client.get("/desk/settings/users/").status_code == 200
    _again_with_totp(secret, codes.context["codes"][0])


def _again_with_totp(secret: str, recovery: str) -> None:
    client = Client()
    signed_in(client)
    assert "动态码" in step(client).content.decode()
    assert step(client, code=code_now(secret)).status_code == 422  # used when it was bound
    core_clock.clock_forward(timedelta(seconds=30))
    assert step(client, code=code_now(secret)).status_code == 302
    assert step(client).headers["Location"] == "/desk/"
    other = Client()
    signed_in(other)
    assert step(other, code=recovery).status_code == 302 and step(other).headers["Location"] == "/desk/"


def test_a_temporary_password_is_changed_first(cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    password = services.account_reset(actor=cast.actor("worker"), account=cast.accounts["worker2"])
    client = Client()
    signed_in(client, "worker2", password)
    assert "设置新密码" in step(client).content.decode()
    assert client.get("/desk/me/security/").status_code == 302
    assert step(client, password="short", repeated="short").status_code == 422
    assert step(client, password="New-and-good-1", repeated="New-and-good-1").status_code == 302
    assert step(client).headers["Location"] == "/desk/"
    assert client.get("/desk/me/security/").status_code == 200


def test_a_linked_phone_is_proven_first(cast: Cast, settings: Any, clock: datetime) -> None:
    settings.DEMO = settings.SHOW_CODES = True
    services.account_create_staff(
        actor=cast.actor("worker"),
        unit=cast.units["committee_a"],
        function="committee",
        name="王",
        username="wang",
        phone="13900000001",
        password=PASSWORD,
    )
    client = Client()
    signed_in(client, "wang")
    assert "请不要继续" in step(client).content.decode()
    assert step(client, send="1").status_code == 302
    shown = client.session["staff_sign_in"]["shown"]
    assert step(client, code="00000x").status_code == 422
    assert step(client, code=shown).status_code == 302
    assert step(client).headers["Location"] == "/desk/"
    assert not Account.objects.get(username="wang").must_prove_phone


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("worker", "wrong-password"),
        ("nobody", PASSWORD),
        ("", PASSWORD),
        ("worker", ""),
    ],
)
def test_wrong_names_and_passwords_sound_alike(cast: Cast, username: str, password: str) -> None:
    client = Client()
    answer = signed_in(client, username, password)
    assert answer.status_code == 422 and "staff_sign_in" not in client.session
    page = answer.content.decode()
    assert "不对" in page or "请填写" in page
    assert password not in page or not password


def test_five_wrong_passwords_lock_the_door(cast: Cast) -> None:
    client = Client()
    for _ in range(4):
        assert signed_in(client, password="wrong-password").status_code == 422
    assert signed_in(client, password="wrong-password").status_code == 429
    locked = signed_in(client)
    assert locked.status_code == 429 and "15分钟" in locked.content.decode()
    assert signed_in(Client(), "worker2").status_code == 302


def test_an_account_by_phone_has_no_way_in_by_password(cast: Cast) -> None:
    account = cast.accounts["resident"]
    account.set_password(PASSWORD)
    account.save()
    client = Client()
    assert signed_in(client, account.username).status_code == 422


def test_signing_out_ends_everything(cast: Cast) -> None:
    client = cast.client("worker")
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/").headers["Location"] == "/desk/sign-in/"
    assert client.get("/desk/me/security/").status_code == 302


def test_the_role_is_switched(cast: Cast) -> None:
    services.role_grant(
        actor=cast.actor("district"),
        person=cast.person("worker"),
        unit=cast.units["committee_b"],
        function="committee",
    )
    client = cast.client("worker")
    choices = client.get("/desk/me/security/").wsgi_request.role_choices
    assert [(c.area, c.is_current) for c in choices] == [("桂花第一居委会", True), ("桂花第二居委会", False)]
    client.post("/desk/role/", {"role": choices[1].id, "next": "/desk/me/security/"})
    request = client.get("/desk/me/security/").wsgi_request
    assert request.actor.areas == (cast.places["committee_b_place"].path,)
    assert client.post("/desk/role/", {"role": "r999999"}).status_code == 404


def test_a_deputy_sees_the_role_in_the_menu(cast: Cast) -> None:
    today = core_clock.today()
    client = cast.client("worker")
    given = {
        "role": str(cast.role("worker").public_id),
        "deputy": str(cast.person("worker2").public_id),
        "from_on": str(today),
        "to_on": str(today),
    }
    assert client.post("/desk/me/deputies/", given).status_code == 302
    assert client.post("/desk/me/deputies/", given).status_code == 422
    deputy = cast.client("worker2")
    choices = deputy.get("/desk/me/security/").wsgi_request.role_choices
    assert choices[1].label.startswith("代 赵敏")
    deputy.post("/desk/role/", {"role": choices[1].id})
    assert deputy.get("/desk/me/security/").wsgi_request.actor.deputy_for == cast.person("worker").pk
    assert deputy.post("/me/erase/", {"confirmation": "注销"}).status_code == 403


def test_the_area_is_narrowed_inside_the_role_only(cast: Cast) -> None:
    client, inside = cast.client("street"), cast.places["committee_b_place"].path
    assert inside in client.get("/desk/area/").content.decode()
    client.post("/desk/area/", {"area": inside})
    request = client.get("/desk/me/security/").wsgi_request
    assert request.actor.areas == (inside,)
    assert client.post("/desk/area/", {"area": cast.places["other_street_place"].path}).status_code == 404
    client.post("/desk/area/", {"area": ""})
    assert client.get("/desk/me/security/").wsgi_request.actor.areas == (cast.places["street_place"].path,)


def test_the_actor_costs_two_queries(cast: Cast) -> None:
    client = cast.client("worker")
    client.get("/desk/me/security/")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        client.get("/privacy/2026-09-01/")
    tables = [query["sql"] for query in queries]
    assert sum("accounts_role" in sql or "places_division" in sql for sql in tables) <= 2, tables


def test_the_own_password_is_changed_and_the_session_lives(cast: Cast) -> None:
    client, other = cast.client("worker"), cast.client("worker")
    chosen = {"password": "New-and-good-1", "repeated": "New-and-good-1"}
    assert client.post("/desk/me/security/", {"current": "x", **chosen}).status_code == 422
    assert client.post("/desk/me/security/", {"current": PASSWORD, **chosen}).status_code == 302
    assert client.get("/desk/me/security/").status_code == 200
    assert other.get("/desk/me/security/").status_code == 302


def test_one_reads_and_takes_along_what_is_held(cast: Cast) -> None:
    client = cast.client("resident")
    page = client.get("/me/").content.decode()
    assert "139****0001" in page and "13900000001" not in page
    assert client.post("/me/", {"name": "王奶奶"}).status_code == 302
    assert "王奶奶" in client.get("/me/").content.decode()


def test_an_account_ends_after_it_is_confirmed(cast: Cast) -> None:
    client = cast.client("resident")
    assert client.post("/me/erase/", {"confirmation": "是"}).status_code == 422
    assert client.post("/me/erase/", {"confirmation": "注销"}).headers["Location"] == "/me/erased/"
    assert client.get("/me/").status_code == 302


def test_the_notice_can_be_read_in_every_version(db: None) -> None:
    client = Client()
    page = client.get("/privacy/").content.decode()
    assert "谁在处理您的信息" in page and "<script" not in privacy.notice_current().html
    assert client.get("/privacy/1999-01-01/").status_code == 404


def test_the_notice_is_escaped() -> None:
    notice = Notice("x", "题", core_clock.today(), "# <b>甲</b>\n\n- **重** <i>乙</i>\n- 丙")
    heading, items = str(notice.html).split("\n")
    assert heading == "<h2>&lt;b&gt;甲&lt;/b&gt;</h2>"
    assert items == "<ul><li><strong>重</strong> &lt;i&gt;乙&lt;/i&gt;</li><li>丙</li></ul>"


# --- administrators ----------------------------------------------------------


def test_an_administrator_adds_finds_and_resets_a_colleague(cast: Cast) -> None:
    client = cast.client("worker")
    given = {
        "unit": str(cast.units["committee_a"].public_id),
        "function": "grid_worker",
        "name": "新网格",
        "username": "xin-wang-ge",
    }
    answer = client.post("/desk/settings/users/new/", given)
    account = Account.objects.get(username="xin-wang-ge")
    assert account.check_password(answer.context["password"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.post("/desk/settings/users/new/", given).status_code == 422
    found = client.get("/desk/settings/users/", {"q": "新网"}).content.decode()
    assert "xin-wang-ge" in found and "worker2" not in found
    assert "没有符合条件" in client.get("/desk/settings/users/", {"q": "没有这个人"}).content.decode()
    again = client.post(f"/desk/settings/users/{account.public_id}/reset/")
    account.refresh_from_db()
    assert account.check_password(again.context["password"])


def test_a_unit_of_another_street_is_not_found(cast: Cast) -> None:
    client = cast.client("worker")
    given = {
        "unit": str(cast.units["committee_b"].public_id),
        "function": "committee",
        "name": "甲",
        "username": "jia-jia",
    }
    assert client.post("/desk/settings/users/new/", given).status_code == 404
    assert not Account.objects.filter(username="jia-jia").exists()


def test_a_colleague_leaves(cast: Cast) -> None:
    client = cast.client("worker")
    one = f"/desk/settings/users/{cast.accounts['worker2'].public_id}/"
    page = client.get(f"{one}handover/").content.decode()
    assert "未办结的个人待办" in page and "孙力" in page
    assert client.post(f"{one}handover/", {"reason": "调离"}).status_code == 422
    given = {"successor": str(cast.person("grid_worker").public_id), "reason": "调离"}
    assert client.post(f"{one}handover/", given).status_code == 302
    assert "已离岗" in client.get(one).content.decode()


def test_the_list_costs_the_same_for_many(cast: Cast) -> None:
    counts = []
    for query in ({"q": "钱佳"}, {"page": "1"}):
        client = cast.client("city")
        client.get("/desk/settings/users/", query)
        with CaptureQueriesContext(connection) as queries:
            client.get("/desk/settings/users/", query)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
