from municipalities.audit.tasks import seal
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
    "sweep_checks",
]
