"""Settings from the environment (`DIAMOND_…`), validated at the start."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from graph.errors import Fault, InputError
from graph.policy import FOLDER, Policy, load_policy


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
        if not self.policy.is_dir():
            raise InputError(f"DIAMOND_POLICY names {self.policy}, which is no folder.")
        return load_policy(self.policy)


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises
    ------
    InputError
        A setting has a value that is not possible.
    """
    try:
        return Settings()
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
