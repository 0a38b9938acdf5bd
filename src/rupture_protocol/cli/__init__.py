"""The command line: `rupture`. One file per command; each is imported when its command runs."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # as type checkers know it; `--help` is fast because little is imported

if TYPE_CHECKING:
    from typing import NoReturn

EXIT_CANNOT_LOAD = 3
EXIT_INTERRUPTED = 130


def main() -> NoReturn:
    """Run the command line, and exit with its code."""
    try:
        from rupture_protocol.cli.app import run
    except ModuleNotFoundError as error:
        if error.name not in ("click", "rich"):
            raise
        if sys.stderr is not None:
            needed = (
                'error: the command line needs click and rich\nnext: pip install "rupture-protocol[cli]"\n'
            )
            sys.stderr.write(needed)
        sys.exit(EXIT_CANNOT_LOAD)
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(run())
