"""An empty Django view behind a sign-in, served as the service is: what `people.py` stands beside.

It reads the session and the person from the service's own database, and nothing else.
"""

from __future__ import annotations

import os
import sys

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with nothing to whoever is signed in."""
    return HttpResponse("" if request.user.is_authenticated else "nobody", status=200)


def health(_request: HttpRequest) -> HttpResponse:
    """Say that the process runs."""
    return HttpResponse("")


urlpatterns = [path("", empty), path("health", health)]


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with two workers of threads."""

    def load_config(self) -> None:
        """Take the options of the service's own server."""
        options = {"bind": f"127.0.0.1:{sys.argv[1]}", "workers": 2, "threads": 4}
        for name, value in {**options, "worker_class": "gthread"}.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Return the application; called in each worker."""
        from convener.service import settings as ours

        given = {name: value for name, value in vars(ours).items() if name.isupper()}
        # The library of signing in asks for its own, which does next to nothing.
        kept = ("SessionMiddleware", "AuthenticationMiddleware", "AccountMiddleware")
        middleware = [name for name in ours.MIDDLEWARE if name.endswith(kept)]
        settings.configure(**{**given, "MIDDLEWARE": middleware, "ROOT_URLCONF": __name__})
        return get_wsgi_application()


if __name__ == "__main__":
    os.environ.setdefault("CONVENER_MODE", "local")
    Server().run()
