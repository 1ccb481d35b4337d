"""Write the published JSON Schema of protocol files: `python tools/write_schema.py`."""

from __future__ import annotations

from pathlib import Path

from crossblock.load.schema import protocol_schema_text

TARGET = Path(__file__).resolve().parent.parent / "docs" / "schema" / "protocol-1.json"

if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(protocol_schema_text(), encoding="utf-8")
