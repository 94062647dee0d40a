"""Class and retention of the fields of libraries' models, by the name of the model."""

from __future__ import annotations

from collections.abc import Mapping

from convener.rules.privacy import Kept, Retention, classed

LIBRARY_FIELDS: Mapping[str, Mapping[str, Kept]] = {
    # Named by Django for each model and each permission on it; we use neither.
    "contenttypes.contenttype": classed(Retention.RECORD, public="id app_label model"),
    "auth.permission": classed(Retention.RECORD, public="id name content_type codename"),
    "auth.group": classed(Retention.RECORD, partner="id name permissions"),
    # Emptied by our settings: a person's email is that of the user alone.
    "account.emailaddress": classed(Retention.ACCOUNT, personal="id user email verified primary"),
    "account.emailconfirmation": classed(
        Retention.SESSION, personal="id email_address created sent", sealed="key"
    ),
    # The secrets in data are sealed under the person's own key.
    "mfa.authenticator": classed(
        Retention.ACCOUNT, personal="id user type created_at last_used_at", sealed="data"
    ),
    # The identity service is named by the environment; the table stays empty.
    "socialaccount.socialapp": classed(
        Retention.RECORD,
        partner="id provider provider_id name client_id settings",
        sealed="secret key",
    ),
    "socialaccount.socialaccount": classed(
        Retention.ACCOUNT,
        personal="id user provider uid last_login date_joined extra_data",
    ),
    # No token of the identity service is kept.
    "socialaccount.socialtoken": classed(
        Retention.SESSION, personal="id app account expires_at", sealed="token token_secret"
    ),
    # What a slow job is given is a number of ours, never a person's words.
    "django_tasks_database.dbtaskresult": classed(
        Retention.DRAFT,
        partner="id status enqueued_at started_at finished_at args_kwargs priority task_path"
        " worker_ids queue_name backend_name run_after return_value exception_class_path"
        " traceback",
    ),
}
