"""Addresses of a clinic. Every view but allauth's carries its access."""

from django.urls import include, path, re_path

from crossblock.server.clinic import access, fill, pages, patients
from crossblock.server.pages import health, office, people

FORM = (
    r"^p/(?P<code>[A-Z0-9-]{1,32})/f/(?P<visit>[a-z0-9]+)/(?P<period>[0-9]{1,4})/"
    r"(?P<form>[a-z0-9_-]+)/(?:(?P<repeat>[0-9]{1,4})/)?"
)

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("health/", health.health, name="health"),
    path("", pages.patients, name="patients"),
    path("me/", patients.me, name="me"),
    path("me/help/<int:number>/", patients.help_page, name="help"),
    path("p/<str:code>/", pages.one, name="patient"),
    path("p/<str:code>/override/", pages.override, name="override"),
    path("p/<str:code>/course/", pages.course_page, name="course"),
    path("p/<str:code>/plan/", pages.plan, name="plan"),
    path("p/<str:code>/forecast/", pages.want_forecast, name="want_forecast"),
    path("p/<str:code>/summary/", pages.summary, name="summary"),
    path("p/<str:code>/onboard/", pages.onboard, name="onboard"),
    path("p/<str:code>/care/", pages.care, name="care"),
    path("p/<str:code>/saved/<int:version>/", fill.receipt, name="receipt"),
    re_path(FORM + r"draft/$", fill.draft, name="draft"),
    re_path(FORM + r"$", fill.fill, name="form"),
    path("risk/", pages.risks, name="risks"),
    path("risk/<int:number>/", pages.risk, name="risk"),
    path("quality/", pages.quality_board, name="quality"),
    path("export/", pages.export_page, name="export"),
    path("people/", people.people, {"called": access.STAFF}, name="people"),
    path("p/<str:code>/account/", pages.own_account, name="own_account"),
    path("audit/", office.trail, name="audit"),
    path("audit/check/", office.trail_check, name="audit_check"),
]
handler400 = "crossblock.server.pages.trouble.bad_request"
handler403 = "crossblock.server.pages.trouble.csrf"
handler404 = "crossblock.server.pages.trouble.not_found"
handler500 = "crossblock.server.pages.trouble.failed"
