from municipalities.audit.tasks import seal
from municipalities.login.tasks import mail_password_link
from municipalities.topics.tasks import remind_owners

__all__ = ["mail_password_link", "remind_owners", "seal"]
