from django.urls import path, URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
