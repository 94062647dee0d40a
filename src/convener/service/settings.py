"""Settings of the web service, from the environment; `configuration.py` says what is read."""

import os
from pathlib import Path

from django.utils.csp import CSP

from convener.rules.sign_in import IDLE
from convener.service.configuration import (
    database_settings,
    identity_settings,
    read_configuration,
)
from convener.service.emailing import mailers

HERE = Path(__file__).resolve().parent
CONFIGURATION = read_configuration(os.environ)
WORKSPACE = CONFIGURATION.workspace
KEYS = CONFIGURATION.keys

SECRET_KEY = CONFIGURATION.secret_key
DEBUG = CONFIGURATION.is_debug
ALLOWED_HOSTS = list(CONFIGURATION.hosts)

INSTALLED_APPS = [
    "convener.service.apps.ServiceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "convener.service.middleware.permissions_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "convener.service.kept_forms.KeptForms",
    "convener.service.sessions.sessions_end",
    "allauth.account.middleware.AccountMiddleware",
    "convener.service.middleware.NamedErrors",
]
ROOT_URLCONF = "convener.service.urls"
WSGI_APPLICATION = "convener.service.wsgi.application"

# Our pages are Jinja2's; those of libraries are Django's.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "environment": "convener.service.pages.environment",
            "context_processors": [
                "django.template.context_processors.csp",
                "convener.service.pages.frame",
                "convener.service.account.account",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]

DATABASES = {"default": database_settings(CONFIGURATION)}
AUTH_USER_MODEL = "convener.User"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# Counts of attempts hold across processes, so they lie in the database.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "convener_cache",
    }
}

# Signing in. The email is the name, and nobody signs up without an invitation.
ACCOUNT_ADAPTER = "convener.service.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation was taken up from the email itself
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if CONFIGURATION.is_production else "http"
ACCOUNT_FORMS = {
    "login": "convener.service.views.sign_in.SignInForm",
    "reset_password": "convener.service.views.passwords.ForgottenForm",
    "reset_password_from_key": "convener.service.views.passwords.NewPasswordForm",
    "change_password": "convener.service.views.passwords.ChangeForm",
    "set_password": "convener.service.views.passwords.FirstPasswordForm",
    "reauthenticate": "convener.service.views.passwords.ConfirmForm",
}
# Django's own: the library's keeps a second table of emails, of which none knows anything new.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 -- a name, and no secret
ALLAUTH_TRUSTED_PROXY_COUNT = int(CONFIGURATION.is_behind_proxy)
MFA_ADAPTER = "convener.service.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # clocks of phones differ
MFA_ALLOW_UNVERIFIED_EMAIL = True  # as for emails above
MFA_FORMS = {
    "authenticate": "convener.service.views.second_factor.CodeForm",
    "reauthenticate": "convener.service.views.second_factor.CodeAgainForm",
    "activate_totp": "convener.service.views.second_factor.FirstCodeForm",
}
SOCIALACCOUNT_ADAPTER = "convener.service.adapters.OtherSignInAdapter"
SOCIALACCOUNT_PROVIDERS = identity_settings(CONFIGURATION)
SOCIALACCOUNT_LOGIN_ON_GET = True  # it begins a sign-in, and changes nothing here

# Emails say that something is there and where, and nothing else.
SITE_ADDRESS = CONFIGURATION.site
DEFAULT_FROM_EMAIL = (
    CONFIGURATION.email_from or f"convener@{SITE_ADDRESS.split('//')[1].split(':')[0]}"
)
MAILERS = mailers(
    CONFIGURATION.email,
    folder=WORKSPACE / "emails",
    notify_key=CONFIGURATION.notify_key,
    notify_template=CONFIGURATION.notify_template,
    notify=CONFIGURATION.notify_address,
)
# What takes long is done by `convener worker`.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

API_READS_A_MINUTE = CONFIGURATION.api_reads  # of one token

CSRF_FAILURE_VIEW = "convener.service.views.errors.csrf_failure"

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # the styles are built into the package: nothing to collect
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 86_400  # addresses carry a digest of the file

# No page needs a script. The one that GOV.UK Frontend's page template holds has a nonce.
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "img-src": [CSP.SELF],
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
FILE_UPLOAD_HANDLERS = ["convener.service.uploads.BoundedUpload"]
SESSION_ENGINE = "convener.service.sessions"
SESSION_COOKIE_AGE = int(IDLE.total_seconds())
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if CONFIGURATION.is_production:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]  # asked by machines inside
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
if CONFIGURATION.is_behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "convener.service.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
