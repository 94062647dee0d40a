"""Every address of the service, and the view that answers it."""

from __future__ import annotations

from django.urls import path, register_converter

from convener.service.account_routes import routes as account_routes
from convener.service.api.routing import routes
from convener.service.downloads import Form
from convener.service.views import (
    api_page,
    compare,
    correcting,
    corrections,
    flags,
    health,
    history,
    home,
    market,
    market_rows,
    measures,
    notes,
    notices,
    open_data,
    organisations,
    processes,
    search,
    sign_in,
    sources,
    tokens,
    watching,
    what_if,
)
from convener.service.views.registry.addresses import routes as registry_routes

register_converter(Form, "form")
register_converter(open_data.OpenForm, "openform")

urlpatterns = [
    path("", home.home, name="home"),
    path("health", health.health, name="health"),
    path("ready", health.ready, name="ready"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    *account_routes(),
    *registry_routes(),
    path("corrections/", corrections.corrections, name="corrections"),
    path("corrections/all.<form:form>", corrections.download, name="corrections-download"),
    path("corrections/apply/", corrections.apply, name="corrections-apply"),
    path("corrections/requests/", notes.requests, name="requests"),
    path("corrections/requests/<int:number>/", notes.answer, name="requests-answer"),
    path("corrections/<int:number>/", corrections.correction, name="corrections-one"),
    path("corrections/<int:number>/undo/", corrections.undo, name="corrections-undo"),
    path("notes/<int:number>/take-back/", notes.withdraw, name="notes-withdraw"),
    path(
        "market/organisations/<int:key>/correct/",
        correcting.correct,
        name="corrections-make",
    ),
    path("market/organisations/<int:key>/note/", notes.post, name="notes-post"),
    path("market/organisations/<int:key>/watch/", watching.start, name="watch-start"),
    path("market/processes/<path:ocid>/flags/", flags.flags, name="flags-one"),
    path("watch/", watching.watch, name="watch"),
    path("watch/<int:key>/", watching.owner, name="watch-one"),
    path("watch/<int:key>/<slug:exposed>.<form:form>", watching.download, name="watch-table"),
    path("watch/<int:key>/stop/", watching.stop, name="watch-stop"),
    path("watch/<int:key>/warn/", watching.warn, name="watch-warn"),
    path("account/tokens/", tokens.tokens, name="tokens"),
    path("account/tokens/new/", tokens.make, name="tokens-make"),
    path("notices/", notices.notices, name="notices"),
    path("history/", history.history, name="history"),
    path("history/all.<form:form>", history.download, name="history-download"),
    path(
        "organisations/<int:body>/history/", history.of_organisation, name="organisation-history"
    ),
    path("deadlines/", notices.late, name="deadlines"),
    path("search/", search.search, name="search"),
    path("market/", market.markets, name="markets"),
    path("market/all.<form:form>", market.markets_download, name="markets-download"),
    path("market/compare/", compare.compare, name="compare"),
    path("market/compare/figures.<form:form>", compare.download, name="compare-figures"),
    path("market/organisations/<int:key>/", organisations.organisation, name="organisations-one"),
    path(
        "market/organisations/<int:key>/<slug:table>.<form:form>",
        organisations.download,
        name="organisations-table",
    ),
    path("market/processes/<path:ocid>/", processes.process, name="processes-one"),
    path("open/", open_data.index, name="open"),
    path("open/journal-heads.json", health.heads, name="open-heads"),
    path("open/<slug:name>.<openform:form>", open_data.table, name="open-table"),
    path("open/datapackage.json", open_data.describe, name="open-package"),
    path("api/", api_page.api, name="api"),
    *routes(),
    path("market/sources/", sources.sources, name="sources"),
    path("market/sources/<str:name>/", sources.source, name="sources-one"),
    path("market/sources/<str:name>/report.json", sources.report, name="sources-report"),
    path("market/measures/", measures.measures, name="measures"),
    path("market/measures/<slug:name>/", measures.measure, name="measures-one"),
    path("market/<str:service>/what-if/", what_if.what_if, name="what-if"),
    path(
        "market/<str:service>/what-if/figures.<form:form>",
        what_if.download,
        name="what-if-figures",
    ),
    path("market/<str:service>/", market.market, name="markets-one"),
    path("market/<str:service>/contracts/", market_rows.contracts, name="markets-contracts"),
    path(
        "market/<str:service>/contracts.<form:form>",
        market_rows.contracts_download,
        name="markets-contracts-download",
    ),
    path("market/<str:service>/rows/<slug:measure>/", market_rows.rows, name="markets-rows"),
    path(
        "market/<str:service>/rows/<slug:measure>.<form:form>",
        market_rows.rows_download,
        name="markets-rows-download",
    ),
    path("market/<str:service>/<slug:table>.<form:form>", market.download, name="markets-table"),
]

handler400 = "convener.service.views.errors.bad_request"
handler403 = "convener.service.views.errors.forbidden"
handler404 = "convener.service.views.errors.not_found"
handler429 = "convener.service.views.errors.too_many"
handler500 = "convener.service.views.errors.broken"
