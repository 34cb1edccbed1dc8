from django.urls import path

from municipalities.topics import staff

urlpatterns = [path("review/<slug:slot>/", staff.review_text, name="review_text")]
