"""Every address of the service, and the view that answers it."""

from __future__ import annotations

from django.urls import path, register_converter

from convener.service.downloads import Form
from convener.service.views import health, home, market, measures, sources

register_converter(Form, "form")

urlpatterns = [
    path("", home.home, name="home"),
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("market/", market.markets, name="markets"),
    path("market/all.<form:form>", market.markets_download, name="markets-download"),
    path("market/sources/", sources.sources, name="sources"),
    path("market/sources/<str:name>/", sources.source, name="sources-one"),
    path("market/sources/<str:name>/report.json", sources.report, name="sources-report"),
    path("market/measures/", measures.measures, name="measures"),
    path("market/measures/<slug:name>/", measures.measure, name="measures-one"),
    path("market/<str:service>/", market.market, name="markets-one"),
    path("market/<str:service>/<slug:table>.<form:form>", market.download, name="markets-table"),
]

handler400 = "convener.service.views.errors.bad_request"
handler403 = "convener.service.views.errors.forbidden"
handler404 = "convener.service.views.errors.not_found"
handler500 = "convener.service.views.errors.broken"
