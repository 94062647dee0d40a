"""An empty Django view, served as the service is: what `pages.py` stands beside."""

from __future__ import annotations

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

PORT = 8732


def empty(_request: HttpRequest) -> HttpResponse:
    """Answer with nothing."""
    return HttpResponse("")


urlpatterns = [path("", empty), path("health", empty)]


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with two workers of threads."""

    def load_config(self) -> None:
        """Take the options of the service's own server."""
        options = {"bind": f"127.0.0.1:{PORT}", "workers": 2, "threads": 4}
        for name, value in {**options, "worker_class": "gthread"}.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        """Return the application; called in each worker."""
        settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"], SECRET_KEY="-")
        return get_wsgi_application()


if __name__ == "__main__":
    Server().run()
