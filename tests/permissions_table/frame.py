"""The frame and sign-in."""

from tests.permissions_table.rules import Rule, api, everybody, signed_in

TABLE: dict[str, Rule] = {  # frame and sign-in
    "healthz": Rule(get=everybody()),
    "readyz": Rule(get=everybody()),
    "schema": Rule(get=api()),
    "api_docs": Rule(get=signed_in()),
    "appearance": Rule(
        get=signed_in(405), post=signed_in(302), data=lambda world: {"theme": "dark"}
    ),
    "account_login": Rule(
        get=everybody(302, anonymous=200, key=200),
        post=everybody(302, anonymous=200, key=200),
    ),
    "account_logout": Rule(get=signed_in(), post=signed_in(302)),
    "account_inactive": Rule(get=everybody()),
    "account_reauthenticate": Rule(get=signed_in(), post=signed_in()),
    "account_change_password": Rule(get=signed_in(), post=signed_in()),
    "account_set_password": Rule(get=signed_in(302), post=signed_in(302)),
    "account_reset_password": Rule(get=everybody(), post=everybody()),
    "account_reset_password_done": Rule(get=everybody()),
    "account_reset_password_from_key": Rule(
        get=everybody(),
        post=everybody(),
        kwargs=lambda world: {"uidb36": "1", "key": "wrong-key"},
    ),
    "account_reset_password_from_key_done": Rule(get=everybody()),
    "mfa_index": Rule(get=signed_in()),
    "mfa_authenticate": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_reauthenticate": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_activate_totp": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_deactivate_totp": Rule(get=signed_in(404), post=signed_in(404)),
    "mfa_view_recovery_codes": Rule(get=signed_in(404)),
    "mfa_generate_recovery_codes": Rule(get=signed_in(302), post=signed_in(302)),
    "mfa_download_recovery_codes": Rule(get=signed_in(404), post=signed_in(404)),
}
