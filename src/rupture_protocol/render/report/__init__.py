"""The report of one case, for a supervisor or a file: one page of HTML, nothing else. Only here: jinja2."""

from rupture_protocol.render.report.report import case_report

__all__ = ["case_report"]
