from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin

# allauth's own lists know no municipality, and would show everybody's.
for foreign in (EmailAddress, Authenticator, UserSession):
    if admin.site.is_registered(foreign):
        admin.site.unregister(foreign)
