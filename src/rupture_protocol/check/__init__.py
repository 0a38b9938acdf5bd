"""What should hold for every case: the prover. An edge above the engine, in pure Python.

>>> from rupture_protocol import load
>>> from rupture_protocol.check import prove
>>> prove(load("standard"))["only_by_agreement"].answer.value
'proved'
"""

from rupture_protocol.check.law import hold_to
from rupture_protocol.check.prove import BUDGET, prove
from rupture_protocol.check.report import Report, report_to_json
from rupture_protocol.check.results import Answer, Finding, Result
from rupture_protocol.check.scenario import Story

__all__ = ["BUDGET", "Answer", "Finding", "Report", "Result", "Story", "hold_to", "prove", "report_to_json"]
