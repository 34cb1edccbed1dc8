from welcome.letters.tasks import freeze, open_due_runs, render_file, sweep

__all__ = ["freeze", "open_due_runs", "render_file", "sweep"]
