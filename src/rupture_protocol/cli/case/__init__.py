"""`rupture case`: cases that are kept. One file per command; each is imported when it runs."""

from __future__ import annotations

import click

from rupture_protocol.cli.group import Commands

LISTED = {
    "open": "Open a case under a protocol.",
    "record": "Record facts.",
    "take": "Take a step that is open, or an interrupt as a precaution.",
    "override": "Take a step that is not open, for a coded reason.",
    "correct": "Correct or withdraw the last record of a fact.",
    "migrate": "Carry a case over to another version of its protocol.",
    "hold": "Put a case under a legal hold: it may not be erased.",
    "release": "End the legal hold of a case.",
    "erase": "Erase what is kept of a client, for ever.",
    "show": "Say where a case stands, what may be done and why.",
    "history": "List what happened to a case.",
    "list": "List cases: how each stands, in a line.",
    "due": "List what is due in all cases, and not done.",
    "verify": "Find whatever is kept and is not as it was written.",
    "checkpoint": "Write what all cases are now into a file, signed.",
    "report": "Write what happened in a case, and why, as a page to hand on.",
    "export": "Print a case, whole or as much of it as somebody may see.",
    "import": "Keep a case that was exported.",
}
"""Every command, with its one line of help: listing them imports none."""

EPILOG = """
\b
Examples:
  rupture case open standard --by dr-lee:therapist --id case-17
  rupture case record case-17 safety_suicide_level=none --by dr-lee:therapist
  rupture case take case-17 consult --by dr-lee:therapist
  rupture case show case-17

\b
Where cases are kept: the file or address of --store, else that of RUPTURE_STORE,
else a file in your data folder. It needs the extra `store`.
"""


@click.group(
    "case",
    cls=Commands,
    listed=LISTED,
    package="rupture_protocol.cli.case",
    first="rupture case --help",
    epilog=EPILOG,
)
def command() -> None:
    """Keep cases: each write is decided anew, and is on the disk when it is answered.

    A case goes on under the protocol it was opened with, also when the file of that protocol is gone.
    """
