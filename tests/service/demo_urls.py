"""The addresses of a service that is a demonstration."""

from convener.service.account_routes import demo_routes
from convener.service.urls import (  # noqa: F401 -- Django looks for the handlers here
    handler400,
    handler403,
    handler404,
    handler429,
    handler500,
)
from convener.service.urls import (
    urlpatterns as ordinary,
)

urlpatterns = [*demo_routes(), *ordinary]
