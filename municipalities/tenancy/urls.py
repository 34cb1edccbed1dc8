from django.urls import path

from municipalities.tenancy import headers

urlpatterns = [path("csp-report", headers.csp_report, name="csp_report")]
