from welcome.households.tasks import read_import, save_import, sweep_imports
from welcome.letters.tasks import freeze, open_due_runs, render_file, sweep

__all__ = [
    "freeze",
    "open_due_runs",
    "read_import",
    "render_file",
    "save_import",
    "sweep",
    "sweep_imports",
]
