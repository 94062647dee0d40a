"""Emails say that something waits and no more; they leave after the commit, or again later."""

import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from convener.base.errors import BadInputError
from convener.rules.access import Role
from convener.rules.notices import TRIES, next_try_at
from convener.service.actions.emails import Sent, send_emails
from convener.service.actions.notices import Message, read_notices, tell
from convener.service.emailing import email_faults, mailers
from convener.service.models import Notice
from service.furniture import actor, make_user

pytestmark = pytest.mark.django_db
AT = datetime(2026, 5, 4, 12, tzinfo=UTC)
SECRET = Message("late", "Steady Care's claim is late", "/somewhere/", "clock:1")
KEY = "try-11111111-1111-4111-8111-111111111111-22222222-2222-4222-8222-222222222222"


@pytest.fixture
def ann(db):
    return make_user(Role.ANALYST, "ann@example.org")


def choose(user, emails):
    user.emails = emails
    user.save()


def test_an_email_says_that_something_waits_and_where(ann, settings):
    settings.SITE_ADDRESS = "https://markets.example.org"
    tell([ann.pk], [SECRET], at=AT)

    assert send_emails(at=AT) == Sent(1, 0)

    [email] = mail.outbox
    assert email.to == ["ann@example.org"]
    assert "https://markets.example.org/notices/" in email.body
    for private in ("Steady", "late", "ann", "claim", "somewhere"):
        assert private not in email.body + email.subject


def test_it_is_sent_once_however_often_it_is_looked(ann):
    tell([ann.pk], [SECRET, Message("late", "Another")], at=AT)

    for hours in range(3):
        send_emails(at=AT + timedelta(hours=hours))

    assert len(mail.outbox) == 1
    assert Notice.objects.filter(emailed_at=AT).count() == 2


def test_who_chose_one_a_day_gets_one_in_the_morning(ann):
    choose(ann, "daily")
    for hour in range(3):
        tell([ann.pk], [Message("late", f"{hour}")], at=AT + timedelta(hours=hour))

    assert send_emails(at=AT + timedelta(hours=12)) == Sent()
    assert send_emails(at=datetime(2026, 5, 5, 6, tzinfo=UTC)) == Sent(1, 0)  # seven, in summer
    assert len(mail.outbox) == 1


def test_who_chose_none_has_the_list_alone(ann):
    choose(ann, "never")
    tell([ann.pk], [SECRET], at=AT)

    assert send_emails(at=AT + timedelta(9)) == Sent()
    assert Notice.objects.filter(user=ann).count() == 1


def test_who_has_read_it_is_not_written_to(ann):
    tell([ann.pk], [SECRET], at=AT)
    read_notices(by=actor(ann), at=AT)

    assert send_emails(at=AT) == Sent()


def test_a_failed_email_is_tried_again_and_the_notice_stands(ann, settings, caplog):
    tell([ann.pk], [SECRET], at=AT)
    working = settings.MAILERS
    settings.MAILERS = mailers(
        "smtp+plain://127.0.0.1:1", folder="", notify_key="", notify_template=""
    )

    assert send_emails(at=AT) == Sent(0, 1)
    assert send_emails(at=AT + timedelta(minutes=1)) == Sent()  # not yet again
    assert Notice.objects.unread().filter(emailed_at=None, email_tries=1).count() == 1
    assert "ann@example.org" not in caplog.text

    settings.MAILERS = working
    assert send_emails(at=AT + timedelta(minutes=3)) == Sent(1, 0)


def test_it_is_given_up_after_two_days_or_so():
    at, waits = AT, []
    for tries in range(1, TRIES):
        waits.append(next_try_at(tries, at) - at)
        at += waits[-1]

    assert waits == sorted(waits)
    assert timedelta(1) < at - AT < timedelta(3)
    assert next_try_at(TRIES, at) is None


def test_it_leaves_after_the_commit(ann, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        tell([ann.pk], [SECRET], at=AT)
        assert not DBTaskResult.objects.exists()

    assert DBTaskResult.objects.ready().count() == 1


class Notify(BaseHTTPRequestHandler):
    status = 201

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.met.append((self.path, json.loads(body), self.headers["Authorization"]))
        answer = json.dumps({"id": "1", "errors": [{"error": "x", "message": "ann@example.org"}]})
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *words):
        pass


@pytest.fixture
def notify(settings):
    """Give a server that answers as GOV.UK Notify does."""
    server = HTTPServer(("127.0.0.1", 0), Notify)
    server.met, server.status = [], 201
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    settings.MAILERS = mailers(
        "",
        folder="",
        notify_key=KEY,
        notify_template="33333333-3333-4333-8333-333333333333",
        notify=f"http://127.0.0.1:{server.server_port}",
    )
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_notify_is_asked_with_a_signed_request(ann, notify):
    tell([ann.pk], [SECRET], at=AT)

    assert send_emails(at=AT) == Sent(1, 0)

    [(path, body, signed)] = notify.met
    assert path == "/v2/notifications/email"
    assert body["email_address"] == "ann@example.org"
    assert body["template_id"].startswith("3333")
    assert set(body["personalisation"]) == {"subject", "message"}
    assert "Steady" not in json.dumps(body)
    assert signed.startswith("Bearer ey")


def test_what_notify_refuses_is_tried_again(ann, notify):
    tell([ann.pk], [SECRET], at=AT)
    notify.status = 429

    assert send_emails(at=AT) == Sent(0, 1)
    notify.status = 201
    assert send_emails(at=AT + timedelta(minutes=3)) == Sent(1, 0)


@pytest.mark.parametrize(
    "address", ["http://mail.example.org", "smtp://", "mail.example.org", "gopher://x"]
)
def test_an_address_that_is_no_mail_server_is_refused(address):
    with pytest.raises(BadInputError, match="CONVENER_EMAIL"):
        mailers(address, folder="", notify_key="", notify_template="")


@pytest.mark.parametrize(
    "said",
    [("", "", ""), ("console:", "", ""), ("smtp+plain://mail.example.org", "", ""), ("", KEY, "")],
)
def test_emails_that_nobody_gets_or_everybody_reads_are_no_way_to_start(said):
    assert list(email_faults(*said))
    assert not list(email_faults("smtps://a:b@mail.example.org", "", ""))
