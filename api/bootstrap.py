"""The one place that wires settings, store and policy to a workspace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from api.settings import Settings, load_settings
from api.workspace import Workspace
from graph.progress import Progress


@contextmanager
def workspace(
    store: str | None = None,
    *,
    create: bool = False,
    progress: Progress | None = None,
    settings: Settings | None = None,
) -> Iterator[Workspace]:
    """Open the store that `--store`, `NEO4J_URI` or the default names, starting it if need be.

    Parameters
    ----------
    store
        A data folder or an address; None for `NEO4J_URI`, else the user's own folder.
    create
        Make the data folder where it does not exist yet.
    progress
        Called with what is being done, how much of it is done, and how much there is.
    """
    from graph.store import open_store, resolve_target

    settings = settings or load_settings()
    policy = settings.load_policy()
    with open_store(resolve_target(store, os.environ), create=create, progress=progress) as opened:
        yield Workspace(opened, policy)
