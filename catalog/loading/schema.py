"""The shape of ``catalog/data/*.yaml``."""

import datetime as dt
import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=120)]
FactKey = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=180)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Reply = Literal["yes", "no", "partly", "depends", "unknown"]


class Strict(BaseModel):
    """No field that the schema does not name."""

    model_config = ConfigDict(extra="forbid")


class CitationData(Strict):
    source: Key
    sections: list[str] = []


class ClaimData(Strict):
    says: str
    cites: list[CitationData] = []


class FactData(Strict):
    key: FactKey
    topic: Key
    says: str
    detail: str = ""
    state: Literal["known", "unknown", "conflicting"] = "known"
    promise: Literal["contract", "vendor-documentation", "vendor-statement", "report"]
    uncertain: str = ""
    procedure: str = ""
    cites: list[CitationData] = []
    claims: list[ClaimData] = []


class HopData(Strict):
    source: Key = Field(alias="from")
    target: Key = Field(alias="to")
    data: str = Field(max_length=300)
    encryption: str = ""
    when: Literal["always", "default-on", "default-off", "optional", "user-initiated", "conditional"]
    uncertain: str = ""
    cites: list[CitationData] = []


class RouteData(Strict):
    key: Key
    tool: Key
    code: str = Field(max_length=4)
    name: str
    aliases: list[str] = []
    tier: Literal["consumer", "commercial", "cloud-provider", "overlay", "mixed"]
    surface: Literal["terminal", "ide", "desktop", "chat", "web", "browser-extension", "pipeline", "api", "other"]
    suited_for: str = Field("", max_length=300)
    warning: str = ""
    ask: list[str] = []
    trains: Reply
    reaches_vendor: Reply
    zero_retention: Reply
    audit_log: Reply
    base: Key | None = None
    requires: list[Key] = []
    profiles: list[Key] = []
    facts: list[FactData] = []
    hops: list[HopData] = []


class ProfileData(Strict):
    key: Key
    kind: Literal["telemetry", "local-storage", "credentials", "encryption", "vendor", "model-rule", "conflict"]
    name: str
    facts: list[FactData]


class NoteData(Strict):
    says: str
    uncertain: str = ""
    cites: list[CitationData] = []


class ProcedureData(Strict):
    key: Key
    title: str
    steps: list[str] = Field(min_length=1)
    effects: str = ""
    uncertain: str = ""
    notes: list[NoteData] = []
    cites: list[CitationData] = []


class FingerprintsData(Strict):
    """The clauses of the text that facts were taken from, as ``manage.py clause_fingerprints --yaml`` prints them."""

    as_of: dt.date
    clauses: dict[str, Sha256] = Field(min_length=1)


class SuggestionData(Strict):
    """What the catalog's keeper thinks of a clause as it reads now: by its anchor and its hash; one that is gone has none."""

    anchor: str = Field(min_length=1)
    sha256: Sha256 | Literal[""]
    verdict: Literal["editorial", "material"]
    because: str = Field(min_length=1, max_length=2000)


class SourceData(Strict):
    key: Key
    title: str
    url: str = ""
    markdown_url: str = ""
    cadence_days: int = Field(7, ge=0, le=366)
    kind: str
    as_of: str = ""
    as_of_note: str = ""
    fingerprints: FingerprintsData | None = None
    suggestions: list[SuggestionData] = []

    @field_validator("as_of", mode="before")
    @classmethod
    def as_text(cls, value: object) -> object:
        """A day that YAML has read as a date is text again; a month stays text."""
        return value.isoformat() if isinstance(value, dt.date) else value

    @field_validator("as_of")
    @classmethod
    def day_or_month(cls, value: str) -> str:
        if value and not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", value):
            raise ValueError("write a day (2026-08-22) or a month (2026-08); anything else belongs in as_of_note")
        if value:
            dt.date.fromisoformat(value if len(value) > len("2026-08") else f"{value}-01")
        return value


class ToolData(Strict):
    key: Key
    vendor: str
    name: str


class NodeData(Strict):
    key: Key
    label: str
    owner: str


class TopicData(Strict):
    key: Key
    name: str
    old_after_days: int = Field(gt=0)


class CatalogFile(Strict):
    """One file of the catalog; any part may be missing."""

    schema_version: Literal[1]
    topics: list[TopicData] = []
    sources: list[SourceData] = []
    tools: list[ToolData] = []
    nodes: list[NodeData] = []
    profiles: list[ProfileData] = []
    procedures: list[ProcedureData] = []
    routes: list[RouteData] = []
