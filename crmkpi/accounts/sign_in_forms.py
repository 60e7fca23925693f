"""The forms of signing in, with labels in place of placeholders."""

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


class _Labelled:
    """Give fields the labels of `labels`; placeholders vanish while one types."""

    labels: dict[str, Any] = {}  # words, translated when they are read
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if "password" in name and not name.endswith("1"):
                field.help_text = ""  # the rules belong to the first new password
            field.label = self.labels.get(name, field.label)


class SignInForm(_Labelled, LoginForm):
    labels = {
        "login": _("E-mail address"),
        "password": _("Password"),
        "remember": _("Keep me signed in on this device"),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ForgottenPasswordForm(_Labelled, ResetPasswordForm):
    """Send mail only to people who have a password to forget.

    Those met in imports or not yet joined get in by an invitation and not by this.
    """

    labels = {"email": _("E-mail address")}
    users: list[Any]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if user.has_usable_password()]
        return email


class NewPasswordForm(_Labelled, ResetPasswordKeyForm):
    labels = {"password1": _("New password"), "password2": _("New password again")}


class PasswordChangeForm(_Labelled, ChangePasswordForm):
    labels = {
        "oldpassword": _("Present password"),
        "password1": _("New password"),
        "password2": _("New password again"),
    }


class ConfirmPasswordForm(_Labelled, ReauthenticateForm):
    labels = {"password": _("Password")}


class CodeForm(_Labelled, AuthenticateForm):
    labels = {"code": _("Code")}


class ConfirmCodeForm(_Labelled, ReauthenticateCodeForm):
    labels = {"code": _("Code")}


class FirstCodeForm(_Labelled, ActivateTOTPForm):
    labels = {"code": _("Code from the app")}
