from django.urls import path

from municipalities.links import public

# tenancy/logs.py masks what stands behind the purpose.
urlpatterns = [path("l/<slug:purpose>/<str:token>/", public.open_link, name="open_link")]
