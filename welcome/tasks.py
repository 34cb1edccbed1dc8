from welcome.club.tasks import mail_members
from welcome.cooperation.tasks import mail_cooperation
from welcome.hosts.tasks import (
    mail_hosts,
    mail_offers,
    sweep_hosts,
)
from welcome.households.tasks import (
    read_import,
    save_import,
    sweep_imports,
)
from welcome.letters.tasks import (
    deliver,
    freeze,
    open_due_runs,
    prove,
    render_file,
    sweep,
)
from welcome.meetings.tasks import (
    fill_meetings,
    mail_who_comes,
)
from welcome.orders.tasks import (
    ask_planners,
    sweep_orders,
)
from welcome.portal.tasks import (
    keep_counts,
    tidy_counts,
)
from welcome.privacy.tasks import (
    clean,
    clean_municipality,
    mail_answers,
)
from welcome.stories.tasks import tell_tellers

__all__ = [
    "ask_planners",
    "clean",
    "clean_municipality",
    "deliver",
    "fill_meetings",
    "freeze",
    "keep_counts",
    "mail_answers",
    "mail_cooperation",
    "mail_hosts",
    "mail_members",
    "mail_offers",
    "mail_who_comes",
    "open_due_runs",
    "prove",
    "read_import",
    "render_file",
    "save_import",
    "sweep",
    "sweep_hosts",
    "sweep_imports",
    "sweep_orders",
    "tell_tellers",
    "tidy_counts",
]
