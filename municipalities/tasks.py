from municipalities.activities.tasks import fetch, read_calendars, sweep_activities, tell
from municipalities.audit.tasks import seal
from municipalities.changes.tasks import forget_old_changes
from municipalities.enquiries.mail_tasks import read_mailbox, read_mailboxes
from municipalities.enquiries.tasks import send_answers, tell_of_overdue
from municipalities.jobs.tasks import read_nav_feed
from municipalities.login.tasks import mail_password_link
from municipalities.moderation.tasks import look_after_what_is_shown, tell_sender, tell_senders
from municipalities.tenancy.tasks import check_all, check_chain, check_installation, sweep_checks
from municipalities.topics.tasks import remind_owners, tell_of_old_texts

__all__ = [
    "check_all",
    "check_chain",
    "check_installation",
    "fetch",
    "forget_old_changes",
    "look_after_what_is_shown",
    "mail_password_link",
    "read_calendars",
    "read_mailbox",
    "read_mailboxes",
    "read_nav_feed",
    "remind_owners",
    "seal",
    "send_answers",
    "sweep_activities",
    "sweep_checks",
    "tell",
    "tell_of_old_texts",
    "tell_of_overdue",
    "tell_sender",
    "tell_senders",
]
