"""What should hold for every case: the prover. An edge above the engine, in pure Python.

>>> from rupture_protocol import load
>>> from rupture_protocol.prover import prove
>>> prove(load("standard"))["only_by_agreement"].answer.value
'proved'
"""

from rupture_protocol.errors import Story
from rupture_protocol.prover.law import hold_to
from rupture_protocol.prover.prove import BUDGET, prove
from rupture_protocol.prover.report import Report, report_to_json
from rupture_protocol.prover.results import Answer, Finding, Result

__all__ = ["BUDGET", "Answer", "Finding", "Report", "Result", "Story", "hold_to", "prove", "report_to_json"]
