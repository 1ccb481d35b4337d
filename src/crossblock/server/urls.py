"""Addresses. Every view but allauth's carries its access (`pages.access`)."""

from django.urls import include, path, re_path

from crossblock.server.pages import (
    alerts,
    board,
    form,
    health,
    office,
    overview,
    participants,
    people,
    steps,
)

FORM = (
    r"^p/(?P<code>[A-Z0-9-]{1,32})/(?P<period>\d{1,2})/"
    r"(?P<visit>[a-z0-9_-]+)/(?P<form>[a-z0-9_-]+)/"
)
RATER = r"(?:(?P<rater>participant|session-rater|outcome-rater)/)?(?:(?P<repeat>\d{1,4})/)?"

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("health/", health.health, name="health"),
    path("", participants.today, name="today"),
    path("me/", overview.me, name="me"),
    path("me/help/", overview.crisis, name="crisis"),
    path("participants/", participants.people, name="participants"),
    path("p/<str:code>/", participants.timeline, name="timeline"),
    path("p/<str:code>/receipt/", participants.allocation_receipt, name="allocation_receipt"),
    path("p/<str:code>/screening/", steps.procedure, {"name": "screening"}, name="screening"),
    path("p/<str:code>/consent/", steps.procedure, {"name": "consent"}, name="consent"),
    path("p/<str:code>/gate/<int:period>/", steps.procedure, {"name": "gate"}, name="gate"),
    path("p/<str:code>/randomize/", steps.randomize, name="randomize"),
    path("p/<str:code>/kit/<int:period>/", steps.dispense, name="dispense"),
    path("p/<str:code>/kit/<int:period>/wrong/", steps.wrong_kit, name="wrong_kit"),
    re_path(
        r"^p/(?P<code>[A-Z0-9-]{1,32})/(?P<name>start|discharge|finish)/(?P<period>\d{1,2})/$",
        steps.period_step,
        name="period_step",
    ),
    path("p/<str:code>/leave/", steps.leave, name="leave"),
    path("p/<str:code>/alert/<int:alert>/", alerts.alert, name="alert"),
    path("p/<str:code>/saved/<int:version>/", form.receipt, name="receipt"),
    path("p/<str:code>/entry/<int:entry>/", form.history, name="history"),
    path("p/<str:code>/entry/<int:entry>/ask/", board.ask, name="ask"),
    path("p/<str:code>/sign/<int:version>/", board.signature, name="sign"),
    path("p/<str:code>/break/", board.code_break, name="code_break"),
    path("p/<str:code>/break/envelope/", board.envelope, name="envelope"),
    re_path(FORM + RATER + r"draft/$", form.draft, name="draft"),
    re_path(FORM + RATER + r"$", form.fill, name="form"),
    path("queries/", board.queries, name="queries"),
    path("queries/<int:number>/", board.query, name="query"),
    path("safety/", board.board, name="safety"),
    path("harm/", board.harm, name="harm"),
    path("unblindings/", board.unblindings, name="unblindings"),
    path("schedule/", overview.schedule, name="schedule"),
    path("flow/", overview.flow_diagram, name="flow"),
    path("completeness/", overview.complete, name="completeness"),
    path("deviations/", overview.deviations, name="deviations"),
    path("visibility/", overview.visibility, name="visibility"),
    path("audit/", office.trail, name="audit"),
    path("audit/check/", office.trail_check, name="audit_check"),
    path("rollback/", office.rollback, name="rollback"),
    path("people/", people.people, name="people"),
    path("p/<str:code>/account/", people.own_account, name="own_account"),
    path("stock/", office.stock, name="stock"),
    path("amendments/", office.amendments, name="amendments"),
    path("sealed/", office.sealed_results, name="sealed"),
    path("sealed/<int:number>/", office.sealed_file, name="sealed_file"),
    path("jobs/", office.jobs, name="jobs"),
    path("jobs/<int:number>/file/", office.job_file, name="job_file"),
    path("lock/", office.lock_page, name="lock"),
]
handler400 = "crossblock.server.pages.trouble.bad_request"
handler403 = "crossblock.server.pages.trouble.csrf"
handler404 = "crossblock.server.pages.trouble.not_found"
handler500 = "crossblock.server.pages.trouble.failed"
