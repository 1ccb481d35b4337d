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
    from jaxlib.version import __version__ as jaxlib_version
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

    def push(f: Callable[..., Any], at: Sequence[Any], along: Sequence[Any]) -> tuple[Any, Any]:
        value, slope = jax.jvp(f, tuple(at), tuple(along))
        return value, slope

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
        push=push,
    )


def remember(folder: str) -> str:
    """Keep compiled programs in a subfolder of `folder` named after jaxlib; return that subfolder.

    Programs of another jaxlib version are never read: stale ones have crashed. JAX itself reads
    and writes the files. Without the extra `engine` nothing happens.
    """
    if jax is None:
        return ""
    place = f"{folder}/jaxlib-{jaxlib_version}"
    jax.config.update("jax_compilation_cache_dir", place)
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.2)
    return place


JAX: Backend | None = None if jax is None else _form()
