"""A request that is posted: read, placed and answered for by the same service as every other report."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from linli.core import clock
from linli.core.actor import Actor, Scope
from linli.core.errors import InvalidInput, NotAllowed, NotSignedIn
from linli.foundation.clients.bearer import client_enter
from linli.foundation.clients.shapes import request_key_of
from linli.foundation.places.models import Division, Level
from linli.foundation.places.selectors import Place, place_resolve
from linli.work.matters.models import Matter
from linli.work.matters.place import place_of
from linli.work.matters.services import matter_report

from .attributes import answers_of
from .media import photo_fetch
from .reading import Said
from .rules import instant_of, name_joined, number_of, refused
from .selectors import category_of, jurisdiction_of
from .shapes import PostedOut

BEARER = "Bearer "


@dataclass(frozen=True, slots=True)
class Posted:
    """What was reported, and what its sender is told."""

    matter: Matter
    answer: PostedOut


def client_of(request: HttpRequest, said: Said) -> Actor:
    """Return the system whose key came as ``api_key`` or as a bearer's token, and count the request.

    Raises ``NotSignedIn``, ``NotAllowed``, ``TooMany``.
    """
    header = request.headers.get("Authorization", "")
    bearer = header.removeprefix(BEARER) if header.startswith(BEARER) else ""
    key = said.get("api_key") or bearer.strip()
    if not key:
        hint = _("密钥由本单位管理员在“设置 → 接口”签发，放在 api_key 里。")
        raise NotSignedIn(_("没有 api_key。"), hint=hint)
    actor = client_enter(request, key)
    if not actor.grants(Scope.MATTERS_REPORT):
        raise NotAllowed(_("这个接口没有上报的授权。"), hint=_("请联系签发密钥的管理员。"))
    return actor


def request_take(request: HttpRequest, actor: Actor, said: Said) -> Posted:
    """Take a posted request in as a matter; the same request on the same day, or key, gets the first token.

    Raises what the service raises, ``NotFound`` for an unknown jurisdiction or service.
    """
    area = jurisdiction_of(said)
    code = said.get("service_code")
    if not code:
        raise refused("service_code", _("请写明是哪一类服务，代码见服务清单 services。"))
    category = category_of(code)
    place = _place(area, said)
    key = request_key_of(request) or _key_of(said)
    photos = [photo_fetch(actor, said.get("media_url"), key)] if said.get("media_url") else []
    matter = matter_report(
        actor=actor,
        text=said.get("description"),
        photos=photos,
        place=place,
        address=said.get("address_string"),
        happened_at=instant_of("requested_datetime", said.get("requested_datetime")),
        category=category,
        answers=answers_of(category, said.attributes),
        reporter_name=name_joined(said.get("first_name"), said.get("last_name")),
        reporter_phone=said.get("phone"),
        request_key=key,
    )
    return Posted(matter, PostedOut(token=str(matter.public_id), service_notice=_notice(matter)))


def _place(area: Division, said: Said) -> Place:
    """Return where it happened: by position, by an id of the address, or the jurisdiction itself."""
    lng, lat = number_of("long", said.get("long"), -180, 180), number_of("lat", said.get("lat"), -90, 90)
    if (lng is None) != (lat is None):
        raise refused("lat, long", _("lat 和 long 要一起给出。"))
    try:
        place = _resolved(area, said.get("address_id"), lng, lat)
    except InvalidInput as error:
        words = next((str(w) for w in error.details.values()), f"{error.message}{error.hint}")
        raise refused("lat, long", words) from error
    if not place.area_path.startswith(area.path):
        raise refused("jurisdiction_id", _("这个地点在%s，不在所写的地区里。") % place.division.name)
    return place


def _resolved(area: Division, address_id: str, lng: float | None, lat: float | None) -> Place:
    if address_id:
        kind = "compound" if "-" in address_id else "committee" if len(address_id) > 9 else "street"
        at = f"@{lng},{lat}" if lng is not None else ""
        return place_of(f"{kind}:{address_id}{at}")
    stated: Mapping[int, dict[str, Any]] = {
        Level.STREET: {"street": area},
        Level.COMMITTEE: {"committee": area},
    }
    if lng is None and area.level not in stated:
        raise refused(
            "lat, long", _("请给出 lat 和 long；没有坐标时，请把 jurisdiction_id 写到街镇或居村委。")
        )
    return place_resolve(lng=lng, lat=lat, **stated.get(area.level, {}))


def _key_of(said: Said) -> str:
    """Return the key of a request that came without one: word for word the same on one day is the same."""
    fields = {name: value for name, value in said.fields.items() if name != "api_key"}
    text = json.dumps([fields, dict(said.attributes)], sort_keys=True, ensure_ascii=False)
    return f"open311:{clock.today()}:{hashlib.sha256(text.encode()).hexdigest()}"


def _notice(matter: Matter) -> str:
    if matter.is_emergency:
        return _("已报给居委会和街镇，编号%s。有人有危险，请立即拨打110、119或120。") % matter.number
    return _("已登记，编号%s。是否公开由工作人员决定；公开后用 token 可以查到。") % matter.number
