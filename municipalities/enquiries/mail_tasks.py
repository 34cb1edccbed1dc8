"""Apart from `tasks.py`, which stands below the actions: what comes in is made by them."""

from celery import shared_task

from municipalities.enquiries import mailboxes


@shared_task(name="municipalities.enquiries.mail_tasks.read_mailboxes", expires=60)
def read_mailboxes() -> None:
    for pk in mailboxes.due():
        read_mailbox.delay(pk)


@shared_task(name="municipalities.enquiries.mail_tasks.read_mailbox", expires=60)
def read_mailbox(pk: int) -> None:
    mailboxes.read(pk)
