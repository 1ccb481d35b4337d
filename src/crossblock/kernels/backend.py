"""The few control-flow and array functions that NumPy and JAX spell differently.

Kernels write their algebra against the namespace `backend.xp` and take loops, compilation and
Cholesky from the same object, so that one source body serves one data set (NumPy, no compiler to
wait for) and a hundred thousand (JAX). The JAX form lives in `kernels.backend_jax`: importing this
module never loads JAX.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

Array = Any  # an array of the namespace in use
State = Any  # a tuple (or named tuple) of arrays


@dataclass(frozen=True, kw_only=True, slots=True)
class Backend:
    """One array namespace with its control flow.

    `while_loop(cond, body, state)`; `scan(body, state, xs)` over the leading axis of every array in
    `xs`, returning (state, stacked outputs); `batch_map(f, xs)` over the leading axis; `compile(f,
    static)` with the named arguments static; `cholesky(A)` gives NaN, never an exception, where A
    is not positive definite; `precision()` is the context in which arrays are 64-bit;
    `keeper(seed)` returns a function that gives x back and has a compiler compute it once, not anew
    for each use (`seed` is any finite array that the compiler cannot know);
    `push(f, at, along)` gives f(*at) and its derivative in the direction `along`, trees like the
    arguments (exact forward mode under JAX, central differences under NumPy).
    """

    name: str
    xp: ModuleType
    while_loop: Callable[[Callable[[State], Array], Callable[[State], State], State], State]
    scan: Callable[[Callable[[State, Any], tuple[State, Any]], State, Any], tuple[State, Any]]
    batch_map: Callable[[Callable[..., Any], Sequence[Array]], Any]
    compile: Callable[..., Callable[..., Any]]
    cholesky: Callable[[Array], Array]
    precision: Callable[[], AbstractContextManager[Any]]
    keeper: Callable[[Array], Callable[[Array], Array]]
    push: Callable[[Callable[..., Any], Sequence[Any], Sequence[Any]], tuple[Any, Any]]


def _while_loop(
    cond: Callable[[State], Array], body: Callable[[State], State], state: State
) -> State:
    while bool(cond(state)):
        state = body(state)
    return state


def _stack(parts: Sequence[Any]) -> Any:
    """Stack equal trees (arrays, tuples, named tuples, None) along a new leading axis."""
    first = parts[0]
    if first is None:
        return None
    if isinstance(first, tuple):
        columns = [_stack(column) for column in zip(*parts, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else tuple(columns)
    return np.stack([np.asarray(part) for part in parts])


def _slice(xs: Any, k: int) -> Any:
    """Row k of every array in a tree."""
    if xs is None:
        return None
    if isinstance(xs, tuple):
        rows = [_slice(x, k) for x in xs]
        return type(xs)(*rows) if hasattr(xs, "_fields") else tuple(rows)
    return xs[k]


def _length(xs: Any) -> int:
    while isinstance(xs, tuple):
        xs = next(x for x in xs if x is not None)
    return int(xs.shape[0])


def _scan(
    body: Callable[[State, Any], tuple[State, Any]], state: State, xs: Any
) -> tuple[State, Any]:
    outputs = []
    for k in range(_length(xs)):
        state, out = body(state, _slice(xs, k))
        outputs.append(out)
    return state, _stack(outputs)


def _batch_map(f: Callable[..., Any], xs: Sequence[Array]) -> Any:
    return _stack([f(*(x[k] for x in xs)) for k in range(_length(tuple(xs)))])


def _compile(f: Callable[..., Any], static: Sequence[str] = ()) -> Callable[..., Any]:
    return f


def _keeper(seed: Array) -> Callable[[Array], Array]:
    return lambda x: x


def _moved(tree: Any, along: Any, step: float) -> Any:
    """Return tree + step * along for equal trees of arrays."""
    if isinstance(tree, tuple):
        parts = [_moved(x, v, step) for x, v in zip(tree, along, strict=True)]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree + step * along


def _push(f: Callable[..., Any], at: Sequence[Any], along: Sequence[Any]) -> tuple[Any, Any]:
    step = 6e-6  # the cube root of the rounding unit, where both errors of the difference meet
    ahead = f(*_moved(tuple(at), tuple(along), step))
    behind = f(*_moved(tuple(at), tuple(along), -step))
    return f(*at), _scaled(_moved(ahead, behind, -1.0), 0.5 / step)


def _scaled(tree: Any, factor: float) -> Any:
    if isinstance(tree, tuple):
        parts = [_scaled(x, factor) for x in tree]
        return type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree * factor


def _cholesky(A: Array) -> Array:
    """Return the lower factor of each matrix, NaN where one is not positive definite."""
    try:
        return np.linalg.cholesky(A)
    except np.linalg.LinAlgError:
        return _cholesky_each(A)


def _cholesky_each(A: Array) -> Array:
    flat = A.reshape(-1, *A.shape[-2:])
    L = np.full_like(flat, np.nan)
    for k, matrix in enumerate(flat):
        try:
            L[k] = np.linalg.cholesky(matrix)
        except np.linalg.LinAlgError:
            continue
    return L.reshape(A.shape)


NUMPY = Backend(
    name="numpy",
    xp=np,
    while_loop=_while_loop,
    scan=_scan,
    batch_map=_batch_map,
    compile=_compile,
    cholesky=_cholesky,
    precision=nullcontext,
    keeper=_keeper,
    push=_push,
)
