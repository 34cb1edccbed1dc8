"""Filling in the forms that anybody may send, and opening the links in the mail that follows."""

import datetime
import re

import time_machine
from django.core import mail
from django.utils import timezone

from municipalities.moderation import delivery
from municipalities.moderation.desks import desks
from municipalities.tenancy.anybody import LEAST_SECONDS


def stamp_of(client, path):
    return re.search(r'name="stamp" value="([^"]+)"', client.get(path).content.decode()).group(1)


def send(client, path, data, wait=LEAST_SECONDS + 2):
    """As a person does: a while after the page was opened."""
    data = {"stamp": stamp_of(client, path)} | data
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=wait), tick=True):
        return client.post(path, data)


def told():
    """The newest mail, after the workers have done theirs."""
    for desk in desks():
        for row in desk.model.objects.to_tell():
            delivery.tell(desk.model._meta.label_lower, row.pk)
    return mail.outbox[-1]


def opened(client, message, purpose):
    """The page behind the link in the mail, without its language."""
    [link] = re.findall(rf"http\S+/l/{purpose}/\w+/", message.body)
    answer = client.get("/" + link.split("/", 3)[3])
    assert answer.status_code == 302
    return answer["Location"].split("/", 2)[2]
