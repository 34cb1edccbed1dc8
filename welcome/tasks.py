from welcome.households.tasks import read_import, save_import, sweep_imports
from welcome.letters.tasks import deliver, freeze, open_due_runs, prove, render_file, sweep
from welcome.meetings.tasks import fill_meetings
from welcome.portal.tasks import keep_counts, tidy_counts
from welcome.privacy.tasks import clean, clean_municipality, mail_answers

__all__ = [
    "clean",
    "clean_municipality",
    "deliver",
    "fill_meetings",
    "freeze",
    "keep_counts",
    "mail_answers",
    "open_due_runs",
    "prove",
    "read_import",
    "render_file",
    "save_import",
    "sweep",
    "sweep_imports",
    "tidy_counts",
]
