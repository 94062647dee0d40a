"""A forgotten password, a new one, and giving the present one again."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as library
from allauth.account import views
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect

from convener.rules.access import Act
from convener.service.access import requires
from convener.service.views.sign_in import Refusing, way_back

DIFFER = "The two passwords differ. Type the same one twice."


class Worded:
    """A form of the library that says our way what is missing."""

    wanted: dict[str, str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- a form's signature
        super().__init__(*args, **kwargs)
        for name, words in self.wanted.items():
            self.fields[name].error_messages["required"] = words  # type: ignore[attr-defined]  # a form's


class ForgottenForm(Worded, library.ResetPasswordForm):  # type: ignore[misc]  # the library ships no types
    """The email of whoever forgot a password."""

    wanted = {"email": "Enter the email that you sign in with"}  # noqa: RUF012 -- read, never written


class NewPasswordForm(Worded, library.ResetPasswordKeyForm):  # type: ignore[misc]  # as above
    """A new password, twice."""

    wanted = {"password1": "Enter a new password", "password2": "Enter it again"}  # noqa: RUF012 -- as above


class FirstPasswordForm(Worded, library.SetPasswordForm):  # type: ignore[misc]  # as above
    """A password for whoever had none, twice."""

    wanted = NewPasswordForm.wanted


class ChangeForm(Worded, library.ChangePasswordForm):  # type: ignore[misc]  # as above
    """The present password, and a new one twice."""

    wanted = {"oldpassword": "Enter your present password", **NewPasswordForm.wanted}  # noqa: RUF012 -- as above


class ConfirmForm(Worded, library.ReauthenticateForm):  # type: ignore[misc]  # as above
    """The password of whoever is signed in."""

    wanted = {"password": "Enter your password"}  # noqa: RUF012 -- as above


class Forgotten(Refusing, views.PasswordResetView):  # type: ignore[misc]  # as above
    """The page that asks for the email to write to."""

    template_name = "sign_in/forgotten.html"


class NewPassword(Refusing, views.PasswordResetFromKeyView):  # type: ignore[misc]  # as above
    """The page that the link in the email leads to."""

    template_name = "sign_in/new_password.html"


class Change(Refusing, views.PasswordChangeView):  # type: ignore[misc]  # as above
    """The page that changes a password."""

    template_name = "account/password.html"


class First(Refusing, views.PasswordSetView):  # type: ignore[misc]  # as above
    """The page that gives a password to whoever has none."""

    template_name = "account/password.html"


class Proving(Refusing):
    """A page that asks once more for what was given before."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # noqa: ANN401 -- Django's signature
        """Lead on whoever has nothing that could be asked for again."""
        try:
            answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # a view's
        except PermissionDenied:
            answer = HttpResponseRedirect(way_back(request))
        return answer


class Confirm(Proving, views.ReauthenticateView):  # type: ignore[misc]  # as above
    """The page that asks for the password again before something that matters."""

    template_name = "account/confirm.html"


forgotten = requires(Act.SIGN_IN)(Forgotten.as_view())
sent = requires(Act.SIGN_IN)(
    views.PasswordResetDoneView.as_view(template_name="sign_in/sent.html")
)
new_password = requires(Act.SIGN_IN)(NewPassword.as_view())
set_anew = requires(Act.SIGN_IN)(
    views.PasswordResetFromKeyDoneView.as_view(template_name="sign_in/set_anew.html")
)
change = requires(Act.KEEP_ACCOUNT)(Change.as_view())
first = requires(Act.KEEP_ACCOUNT)(First.as_view())
confirm = requires(Act.KEEP_ACCOUNT)(Confirm.as_view())
