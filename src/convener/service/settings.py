"""Settings of the web service."""

SECRET_KEY = "for the tools only"  # noqa: S105 -- replaced with the service's first page
INSTALLED_APPS: list[str] = []
USE_TZ = True
