from django.http import HttpRequest, HttpResponse
from django.urls import path

from tilflytter import urls
from tilflytter.urls import *  # noqa: F403


def bare(request: HttpRequest) -> HttpResponse:
    content = f"<!doctype html><title>Bare</title><p>{request.path}".encode()
    return HttpResponse(content, headers={"Content-Length": str(len(content))})


urlpatterns = [path("bare/", bare), *urls.urlpatterns]
