"""What GeoReport v2 answers with: one class an element, read by the answers and by the OpenAPI document."""

from typing import Any, Literal

from django.utils.translation import gettext_noop as _
from ninja import Field, Schema

Status = Literal["open", "closed"]
Kind = Literal["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]
INSTANT: dict[str, Any] = {"format": "date-time"}


class Endpoint(Schema):
    """Where one version of the interface is served."""

    specification: str
    url: str
    changeset: str
    type: Literal["production", "test"]
    formats: list[str]


class Discovery(Schema):
    """What is served where, and whom to ask."""

    changeset: str
    contact: str
    key_service: str
    endpoints: list[Endpoint]


class ServiceOut(Schema):
    """A kind of thing that can be reported."""

    service_code: str
    service_name: str
    description: str
    metadata: bool = Field(description=_("是否有要回答的问题（见 services/代码）。"))
    type: Literal["realtime", "batch", "blackbox"] = Field(
        description=_("batch：先给 token，公开后可查到编号；blackbox：不公开，查不到编号。")
    )
    keywords: str
    group: str


class ValueOut(Schema):
    """One choice of a question."""

    key: str
    name: str


class AttributeOut(Schema):
    """One question of a service."""

    variable: bool
    code: str
    datatype: Kind
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: list[ValueOut]


class DefinitionOut(Schema):
    """The questions of a service."""

    service_code: str
    attributes: list[AttributeOut]


class Extended(Schema):
    """What is public beside the fields of the specification (``extensions=true``)."""

    title: str
    page_url: str = Field(description=_("本站的公开页面。"))
    media_urls: list[str] = Field(description=_("全部公开照片。"))
    affected: int = Field(description=_("说“我也遇到了”的人数。"))


class RequestOut(Schema):
    """A published matter: the public version and nothing else."""

    service_request_id: str
    status: Status
    status_notes: str | None
    service_name: str | None
    service_code: str
    description: str | None = Field(max_length=4000)
    agency_responsible: str | None = None
    service_notice: str | None = None
    requested_datetime: str = Field(json_schema_extra=INSTANT, description=_("公开的时刻。"))
    updated_datetime: str | None = Field(json_schema_extra=INSTANT)
    expected_datetime: str | None = None
    address: str | None
    address_id: str | None = None
    zipcode: str | None = None
    lat: float | None
    long: float | None
    media_url: str | None
    extended_attributes: Extended | None = Field(None, description=_("只在 extensions=true 时有。"))


class PostedOut(Schema):
    """What whoever reports is told."""

    token: str
    service_notice: str
    account_id: str | None = None


class TokenOut(Schema):
    """What a token stands for; the id is empty until the matter has been published."""

    service_request_id: str
    token: str


class UpdateOut(Schema):
    """A change of a published matter's status."""

    update_id: str
    service_request_id: str
    status: Status
    updated_datetime: str = Field(json_schema_extra=INSTANT)
    description: str
    media_url: str | None = None


class ErrorOut(Schema):
    """What is wrong, with the HTTP status."""

    code: int
    description: str


def plain(row: Schema) -> dict[str, Any]:
    """Return an element as it is written; ``extended_attributes`` only where they were asked for."""
    found: dict[str, Any] = row.model_dump()
    if found.get("extended_attributes", "") is None:
        del found["extended_attributes"]
    return found
