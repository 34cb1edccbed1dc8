from municipalities.audit.tasks import seal
from municipalities.enquiries.tasks import send_answers, tell_of_overdue
from municipalities.login.tasks import mail_password_link
from municipalities.tenancy.tasks import check_all, check_chain, check_installation, sweep_checks
from municipalities.topics.tasks import remind_owners

__all__ = [
    "check_all",
    "check_chain",
    "check_installation",
    "mail_password_link",
    "remind_owners",
    "seal",
    "send_answers",
    "sweep_checks",
    "tell_of_overdue",
]
