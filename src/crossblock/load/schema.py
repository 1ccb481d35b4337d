"""The published JSON Schema of protocol files, generated from the model and nothing else."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core.core_schema import ModelSchema

from crossblock.domain.protocol import FORMAT, Protocol
from crossblock.load.meaning import meanings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def protocol_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a protocol file.

    It says what can be said of a single key; contradictions only `crossblock check` finds.
    """
    schema = Protocol.model_json_schema(by_alias=True, schema_generator=_Described)
    definitions = schema.pop("$defs")
    names = {old: _name(old, inner) for old, inner in definitions.items()}
    if len(set(names.values())) < len(names):
        raise AssertionError(f"two definitions of one name: {sorted(names.values())}")
    body = {
        "$schema": DIALECT,
        "$id": FORMAT,
        **schema,
        "$defs": {names[old]: definitions[old] for old in definitions},
    }
    renamed: dict[str, Any] = _renamed(body, names)
    return renamed


def protocol_schema_text() -> str:
    """Return the schema as the bytes of `docs/schema/protocol-1.json`."""
    return json.dumps(protocol_schema(), indent=1, ensure_ascii=False) + "\n"


class _Described(GenerateJsonSchema):
    """Pydantic's schema, with each key described by the sentence under it in the model."""

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        body = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        fields = model.model_fields
        for name, sentence in meanings(model).items():
            key = fields[name].alias or name if name in fields else ""
            if key in body.get("properties", {}):
                body["properties"][key].setdefault("description", sentence)
        return body


def _name(old: str, definition: dict[str, Any]) -> str:
    """Return a readable name that tells claims of different kinds apart.

    A claim is a bare value or a table: the table has the title, the value its limits.
    """
    inner = definition.get("anyOf", [definition])[-1]
    value = inner.get("properties", {}).get("value", {}) if "anyOf" in definition else {}
    kind = str(inner.get("title", old)).partition("[")[0]
    if not value:
        return kind
    if "enum" in value:
        return f"{kind}-one-of-{re.sub('[^A-Za-z]+', '-', ' '.join(value['enum'][:2]))}"
    word = str(inner["title"]).partition("[")[2].rstrip("]").lower()
    limits = [f"{k}-{value[k]}" for k in sorted(value) if k.lower().endswith(("imum", "length"))]
    return "-".join([kind, word, *limits])


def _renamed(here: Any, names: dict[str, str]) -> Any:
    if isinstance(here, dict):
        found = {key: _renamed(value, names) for key, value in here.items()}
        if isinstance(here.get("$ref"), str):
            old = here["$ref"].removeprefix("#/$defs/")
            found["$ref"] = f"#/$defs/{names[old]}"
        return found
    return [_renamed(value, names) for value in here] if isinstance(here, list) else here
