"""A caller of GeoReport v2, and the specification's schemas where the real data lies beside the checkout."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
from django.test import Client

STREET, COMMITTEE = "990101001", "990101001001"
SCHEMAS = Path("requests311") / "georeport-v2" / "schema"


@dataclass
class Caller:
    """An application without cookies; ``key`` is its api_key."""

    key: str = ""
    area: str = STREET
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str, form: str = "json", **asked: Any) -> Any:
        """Read something below ``/open311/v2``."""
        return self.client.get(f"/open311/v2/{path}.{form}", {"jurisdiction_id": self.area, **asked})

    def read(self, path: str, **asked: Any) -> Any:
        """Read something and return it, as both forms say it."""
        answer = self.get(path, **asked)
        assert answer.status_code == 200, answer.content.decode()
        as_xml = self.get(path, "xml", **asked)
        assert as_xml["Content-Type"] == "text/xml; charset=utf-8"
        ElementTree.fromstring(as_xml.content)
        return answer.json()

    def post(self, form: str = "json", **said: Any) -> Any:
        """Report something as a form."""
        fields = {"jurisdiction_id": self.area, "service_code": "unsorted", "api_key": self.key, **said}
        return self.client.post(f"/open311/v2/requests.{form}", fields)

    def send(self, body: bytes, content_type: str) -> Any:
        """Report something with a body of one's own."""
        bearer = {"Authorization": f"Bearer {self.key}"}
        return self.client.post("/open311/v2/requests.json", body, content_type=content_type, headers=bearer)


def words_of(answer: Any) -> str:
    """Return what the errors of an answer say."""
    return " ".join(error["description"] for error in answer.json())


def faults(folder: Path, name: str, content: Any) -> list[str]:
    """Return where an answer differs from the specification's schema of a name."""
    schema = json.loads((folder / SCHEMAS / f"{name}.json").read_text())
    rows = content if isinstance(content, list) else [content]
    validator = jsonschema_rs.Draft7Validator(schema, validate_formats=True)
    return [f"{error.instance_path} {error.message}" for row in rows for error in validator.iter_errors(row)]
