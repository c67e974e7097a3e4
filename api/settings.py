"""Settings from the environment (`DIAMOND_…`), validated at the start; a command's option beats them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import Fault, InputError
from graph.policy import FOLDER, Policy, load_policy

_chosen_policy: ContextVar[Path | None] = ContextVar("chosen_policy", default=None)


@contextmanager
def policy_chosen(folder: Path | None) -> Iterator[None]:
    """Let the settings name this policy folder while a command runs; None leaves it to the environment."""
    token = _chosen_policy.set(folder)
    try:
        yield
    finally:
        _chosen_policy.reset(token)


class Settings(BaseSettings):
    """What a user may set without a command-line option."""

    model_config = SettingsConfigDict(env_prefix="DIAMOND_", extra="ignore")

    policy: Path = Field(default=FOLDER, description="Folder with edited policy tables.")
    query_rows: int = Field(default=10_000, ge=1, description="Rows a query returns unless told otherwise.")
    query_seconds: float = Field(default=30.0, gt=0, description="Seconds a query may take.")

    def load_policy(self) -> Policy:
        """Read the policy tables.

        Raises
        ------
        InputError
            The folder does not exist, or a table is faulty.
        """
        return load_policy(self.policy)


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    InputError
        A setting has a value that is not possible.
    """
    chosen = _chosen_policy.get()
    try:
        return Settings() if chosen is None else Settings(policy=chosen)
    except ValidationError as error:
        faults = [
            Fault(
                column=f"DIAMOND_{str(one['loc'][0]).upper()}",
                value=str(one.get("input")),
                message=one["msg"],
            )
            for one in error.errors()
        ]
        said = "; ".join(f"{fault.column}={fault.value}: {fault.message}" for fault in faults)
        raise InputError(f"A setting is wrong: {said}.", errors=faults) from None
