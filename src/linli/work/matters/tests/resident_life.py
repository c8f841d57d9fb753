"""A compound, a browser that reports, and matters brought to each state a resident can meet."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from linli.foundation.accounts.rules import RateLimit
from linli.foundation.places.models import Boundary, Compound
from linli.work.matters import services
from linli.work.matters.models import AffairClass, Assignment, Matter
from linli.work.matters.services import floods
from tests.people import Cast

WORDS = "3号楼门口的路灯坏了，晚上看不清路"


def compound_make(cast: Cast, name: str = "桂花苑") -> Compound:
    """Make a compound whose committee is confirmed, at a known position."""
    committee, street = cast.places["committee_a_place"], cast.places["street_place"]
    return Compound.objects.create(
        name=name,
        address="桂花路1弄",
        street=street,
        committee=committee,
        is_committee_confirmed=True,
        area_path=committee.path,
        lng=121.405,
        lat=31.205,
    )


def boundaries_make(cast: Cast) -> None:
    """Outline the street (121.40–121.41, 31.20–31.21) and its district, so that positions can be judged."""
    for place, size in (("street_place", 0.01), ("district_place", 0.05)):
        west, south, east, north = 121.4, 31.2, 121.4 + size, 31.2 + size
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        Boundary.objects.create(
            division=cast.places[place],
            geometry={"type": "Polygon", "coordinates": [ring]},
            west=west,
            south=south,
            east=east,
            north=north,
            source="test",
            loaded_at=core_now(),
        )


def core_now() -> Any:
    """Return the held instant."""
    from linli.core import clock

    return clock.now()


def picture(colour: str = "teal", name: str = "lamp.jpg") -> SimpleUploadedFile:
    """Return a small real JPEG as an upload."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


@dataclass
class Life:
    """One matter and those who move it; every step goes through the services."""

    cast: Cast
    compound: Compound
    matter: Matter = field(init=False)

    def _do(self, service: Any, who: str, **more: Any) -> Matter:
        self.matter.refresh_from_db()
        service(actor=self.cast.actor(who), matter_id=self.matter.pk, version=self.matter.version, **more)
        self.matter.refresh_from_db()
        return self.matter

    def reported(self, client: Client, **more: Any) -> Matter:
        """Report through the page, as residents do."""
        answer = client.post("/report/", report_form(self.compound, **more))
        assert answer.status_code == 302, re.sub(r"\s+", " ", answer.content.decode())[:3000]
        self.matter = Matter.objects.get(public_id=answer["Location"].split("/")[2])
        return self.matter

    def accepted(self) -> Matter:
        """Accept by the committee."""
        return self._do(services.matter_accept, "worker")

    def guided(self) -> Matter:
        """Guide as a private affair."""
        return self._do(services.matter_guide, "worker", guidance="可以请物业换灯泡。", reason="自家门口")

    def handed(self) -> Matter:
        """Hand over to the property company."""
        return self._do(
            services.matter_hand_over,
            "worker",
            affair_class=AffairClass.MINOR,
            reason="公共照明",
            unit=self.cast.units["wuye"],
        )

    def handled(self) -> Matter:
        """Sign and report the result."""
        lead = Assignment.objects.get(matter=self.matter, ended_at=None)
        services.assignment_sign(actor=self.cast.actor("property"), assignment_id=lead.pk)
        services.result_report(actor=self.cast.actor("property"), assignment_id=lead.pk, result="已换新灯。")
        self.matter.refresh_from_db()
        return self.matter

    def closed(self) -> Matter:
        """Verify by somebody else."""
        return self._do(services.matter_verify, "worker2", is_passed=True, finding="现场看过，灯亮了。")

    def published(self) -> Any:
        """Publish a separate version."""
        self.matter.refresh_from_db()
        return services.matter_publish(
            actor=self.cast.actor("worker"),
            matter_id=self.matter.pk,
            title="3号楼路灯维修",
            text="3号楼门口的路灯坏了，已安排维修。",
        )

    def confirmed_class(self) -> Matter:
        """Confirm the class by another person."""
        return self._do(
            services.matter_class_confirm, "street", council_on=date(2026, 3, 10), minutes="例会议定。"
        )


def report_form(compound: Compound | None, **more: Any) -> dict[str, Any]:
    """Return what the report form sends."""
    form = {
        "text": WORDS,
        "place": f"compound:{compound.public_id}" if compound else "",
        "request_key": "a" * 32,
    }
    return {**form, **more}


def floods_narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one browser without an account act twice an hour, and one network three times."""
    for name, module in (
        ("ALARMS", "intake"),
        ("DRAFTS", "drafts"),
        ("PHOTOS", "drafts"),
        ("CLIPS", "drafts"),
    ):
        flood: floods.Flood = getattr(floods, name)
        browser, network = (
            (RateLimit(f"test.{name}.{times}", times, timedelta(hours=1)),) for times in (2, 3)
        )
        narrowed = replace(flood, per_browser=browser, per_network=network)
        monkeypatch.setattr(f"linli.work.matters.services.{module}.{name}", narrowed)
