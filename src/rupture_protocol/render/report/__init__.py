"""The report of one case, for a supervisor or a file: one page of HTML, nothing else. Only here: jinja2."""
