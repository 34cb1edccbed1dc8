from municipalities.audit.tasks import seal
from municipalities.topics.tasks import remind_owners

__all__ = ["remind_owners", "seal"]
