from django.urls import include, path

urlpatterns = [
    path("", include("municipalities.tenancy.urls")),
    path("", include("municipalities.links.urls")),
    path("", include("municipalities.login.urls")),
    path("", include("municipalities.topics.urls")),
]
