"""Resolve the server's jars anew and write their lock file: `make jars`, for a new version of Neo4j."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from graph.store.jars import LOCK_FILE, load_lock, repository

HEADER = """\
# The jars of Neo4j Community: path in a Maven repository, SHA-256, size in bytes.
# Written by `make jars`; to take another version, change it here and run that.
"""


def resolve(version: str) -> str:
    """Return the text of the lock file for a version of Neo4j."""
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["M2_REPO"] = f"{scratch}/repository"
        import jgo

        environment = jgo.build(
            f"org.neo4j:neo4j:{version}",
            cache_dir=Path(scratch) / "cache",
            repositories={"central": repository()},
        )
        files = {file.name: file for file in environment.path.glob("*/*.jar")}
        lines = []
        assert environment.lockfile is not None
        for jar in environment.lockfile.dependencies:
            classifier = f"-{jar.classifier}" if jar.classifier else ""
            name = f"{jar.artifactId}-{jar.version}{classifier}.jar"
            path = f"{jar.groupId.replace('.', '/')}/{jar.artifactId}/{jar.version}/{name}"
            size = files[name].stat().st_size
            lines.append(f'"{path}" = {{ sha256 = "{jar.sha256}", size = {size} }}')
    return f'{HEADER}neo4j = "{version}"\n\n[jars]\n' + "\n".join(sorted(lines)) + "\n"


if __name__ == "__main__":
    text = resolve(load_lock().version)
    LOCK_FILE.write_text(text, encoding="utf-8")
    print(f"{LOCK_FILE}: {text.count('sha256 =')} jars")
