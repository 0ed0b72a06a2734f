"""An authorization server made of django-oauth-toolkit, with a page of a bank behind it.

    python oauth_server.py FOLDER PORT REDIRECT_URI

It wants PKCE, gives each refresh token for one use, and takes back all of a person's tokens when
one comes twice. Whoever comes is signed in and agrees.
"""

import datetime
import json
import sys
from pathlib import Path

import django
from django.conf import settings

FOLDER, PORT, REDIRECT_URI = sys.argv[1:]
CLIENT, PASSWORD = "erp", "Client-Password-77"

settings.configure(
    SECRET_KEY="x" * 50,
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(Path(FOLDER) / "tokens.sqlite3"),
            "OPTIONS": {"timeout": 60},
        }
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "oauth2_provider",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    LOGIN_URL="/login",
    OAUTH2_PROVIDER={
        "PKCE_REQUIRED": True,
        "ROTATE_REFRESH_TOKEN": True,
        "REFRESH_TOKEN_GRACE_PERIOD_SECONDS": 0,
        "REFRESH_TOKEN_REUSE_PROTECTION": True,
        "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
        "REFRESH_TOKEN_EXPIRE_SECONDS": 3600,
        "SCOPES": {"accounts": "Read accounts", "payments": "Pay"},
        "ALLOWED_REDIRECT_URI_SCHEMES": ["http", "https"],
    },
)
django.setup()

from django.contrib.auth import get_user_model, login  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.http import HttpResponse, HttpResponseRedirect  # noqa: E402
from django.urls import include, path  # noqa: E402
from django.utils import timezone  # noqa: E402
from oauth2_provider.decorators import protected_resource  # noqa: E402
from oauth2_provider.models import AccessToken, Application, RefreshToken  # noqa: E402


def sign_in(request):
    person = get_user_model().objects.get(username="person")
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    return HttpResponseRedirect(request.GET["next"])


@protected_resource(scopes=["accounts"])
def list_accounts(request):
    return HttpResponse('{"accounts": []}', content_type="application/json")


def accounts(request):
    answer = list_accounts(request)
    if answer.status_code == 403:  # RFC 6750 wants another
        answer.status_code = 401
    return answer


def expire(request):
    """All access tokens have ended."""
    AccessToken.objects.update(expires=timezone.now() - datetime.timedelta(minutes=1))
    return HttpResponse()


def count(request):
    """How many refresh tokens were given, and the scopes of the last access token."""
    last = AccessToken.objects.order_by("id").last()
    body = {"refresh_tokens": RefreshToken.objects.count(), "scope": last and last.scope}
    return HttpResponse(json.dumps(body))


urlpatterns = [
    path("login", sign_in),
    path("accounts", accounts),
    path("expire", expire),
    path("count", count),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
]

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    get_user_model().objects.create_user("person")
    Application.objects.create(
        client_id=CLIENT,
        client_secret=PASSWORD,
        name="ERP",
        client_type="confidential",
        authorization_grant_type="authorization-code",
        redirect_uris=REDIRECT_URI,
        skip_authorization=True,
    )
    call_command("runserver", f"127.0.0.1:{PORT}", "--noreload")
