from housing.listings.tasks import mail_message, mail_messages
from housing.wishes.tasks import find_and_tell

__all__ = ["find_and_tell", "mail_message", "mail_messages"]
