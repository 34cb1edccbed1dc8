from django.urls import include, path

urlpatterns = [path("", include("municipalities.topics.urls"))]
