"""The staff site's pages of a run, as its tests ask for them and read them."""

from django.urls import reverse

from welcome.letters.forms import version_of

READING = ["cohort", "texts", "proof", "approve", "progress", "delivery", "report"]
FETCHING = ["manifest", "archive", "report_json", "report_csv"]


def url(run, name, *more):
    return reverse(f"admin:welcome_letterrun_{name}", args=[run.pk, *more])


def text_of(response):
    return response.content.decode()


def told(response):
    return [str(message) for message in response.context["messages"]]


def approval(run):
    return {"seen": version_of(run), "sure": "on"}
