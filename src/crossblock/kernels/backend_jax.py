"""The JAX form of `kernels.backend`, for many data sets or people at once.

Import this module only where a batch is meant: loading JAX takes about half a second. Without the
optional extra `engine` the import still succeeds and `JAX` is None. Arrays are 64-bit only inside
`JAX.precision()`, a context and not a global switch, so that other users of JAX in the same
process keep their setting.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from crossblock.kernels.backend import Array, Backend, State

try:
    import jax
    import jax.numpy as jnp
except ImportError:  # the extra `engine` is not installed
    jax = None


def _form() -> Backend:
    """Return the backend over the imported JAX."""

    def scan(
        body: Callable[[State, Any], tuple[State, Any]], state: State, xs: Any
    ) -> tuple[State, Any]:
        last, out = jax.lax.scan(body, state, xs)
        return last, out

    def batch_map(f: Callable[..., Any], xs: Sequence[Array]) -> Any:
        return jax.vmap(f)(*xs)

    def compile_(f: Callable[..., Any], static: Sequence[str] = ()) -> Callable[..., Any]:
        compiled: Callable[..., Any] = jax.jit(f, static_argnames=tuple(static))
        return compiled

    def precision() -> AbstractContextManager[Any]:
        context: AbstractContextManager[Any] = jax.enable_x64(True)
        return context

    def keeper(seed: Array) -> Callable[[Array], Array]:
        # XLA copies a cheap value into each of its users, and their users again; a quotient counts
        # as dear and is computed once. The optimizer drops its own barrier too early to help.
        one = 1.0 + 0.0 * seed.ravel()[0]
        return lambda x: x / one

    return Backend(
        name="jax",
        xp=jnp,
        while_loop=jax.lax.while_loop,
        scan=scan,
        batch_map=batch_map,
        compile=compile_,
        cholesky=jnp.linalg.cholesky,
        precision=precision,
        keeper=keeper,
    )


JAX: Backend | None = None if jax is None else _form()
