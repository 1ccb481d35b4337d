"""Quantities as fields of a model: text with a unit in the file, a `Quantity` in the noun."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from crossblock.core.errors import QuantityError
from crossblock.core.quantity import EXAMPLES, Quantity, parse
from crossblock.domain.model import refusal


@dataclass(frozen=True, slots=True)
class Dimension:
    """Marks a `Quantity` field with the dimension that its text must have."""

    name: str

    def read(self, value: object) -> Quantity:
        """Return `value` in canonical units; a `Quantity` passes as it is."""
        if isinstance(value, Quantity):
            return value
        try:
            return parse(value, dimension=self.name)
        except QuantityError as error:
            problem = error.problems[0]
            raise refusal(problem.what, why=problem.why, fix=problem.fix) from None

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(
                canonical, when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        example = EXAMPLES.get(self.name, "")
        return {
            "type": "string",
            "maxLength": 64,
            "description": f"a {self.name} with its unit: {example}",
        }


def canonical(quantity: Quantity) -> str:
    """Return the quantity in canonical units, as text that reads back to the same number."""
    return f"{quantity.value!r} {quantity.unit}"


Time = Annotated[Quantity, Dimension("time")]
Amount = Annotated[Quantity, Dimension("dose")]
