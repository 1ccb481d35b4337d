"""What a key of a file means: the sentence that stands under it in the model's own source.

Pydantic can keep these sentences itself, but then every start of the program parses every model's
source once more (half a second). They are read here when a page or an error needs them.
"""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from itertools import pairwise

from pydantic import BaseModel


@cache
def meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return field name -> its sentence, for every field of `model` that has one.

    A class further down the line of inheritance has the last word, as in Python itself.
    """
    found: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        found |= _of_module(cls.__module__).get(cls.__qualname__, {})
    return found


@cache
def _of_module(name: str) -> dict[str, dict[str, str]]:
    """Return class name -> field name -> sentence, for the classes of one of our modules."""
    module = sys.modules.get(name)
    if module is None or not name.startswith("crossblock."):
        return {}
    tree = ast.parse(inspect.getsource(module))
    return {n.name: _of_class(n) for n in tree.body if isinstance(n, ast.ClassDef)}


def _of_class(node: ast.ClassDef) -> dict[str, str]:
    return {
        field.target.id: inspect.cleandoc(below.value.value)
        for field, below in pairwise(node.body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
