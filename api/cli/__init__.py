"""The `diamond` command."""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["main", "run"]

INTERRUPTED = 130  # as shells have it


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names and documents are UTF-8 whatever the locale says
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # a file's name may be no text
    sys.unraisablehook = interrupt_again
    try:
        code = run(list(sys.argv[1:] if arguments is None else arguments))
        sys.stdout.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; let the interpreter not complain about it on its way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


def interrupt_again(lost: UnraisableHookArgs) -> None:
    """Repeat a Ctrl-C that came while Python was in a callback, which tells of no exception and goes on."""
    if lost.exc_type is not KeyboardInterrupt:
        sys.__unraisablehook__(lost)
        return
    again = threading.Timer(0.01, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    again.daemon = True
    again.start()


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code: 0 done, 1 no, 2 input, 3 store, 4 not permitted.

    With `--json` an error is one document on standard output, a usage error too.
    """
    import typer

    from api.cli.app import app
    from api.cli.output import Output
    from graph.errors import DiamondError, InputError, Unexpected

    output = Output(json="--json" in arguments, quiet="--quiet" in arguments)
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="diamond")
    except typer.Exit as ended:
        return ended.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except DiamondError as error:
        output.fail(error)
        return error.exit_code
    except BrokenPipeError:
        raise
    except Exception as error:
        # What typer raises for a usage error has no public name; only those can say themselves.
        if not (hasattr(error, "format_message") and hasattr(error, "show")):
            traceback.print_exc()
            output.fail(Unexpected(f"A fault of the program ({type(error).__name__}: {error})."))
            return Unexpected.exit_code
        if output.json:
            output.fail(InputError(error.format_message()))
        else:
            error.show()
        return 2
    return code if isinstance(code, int) else 0
