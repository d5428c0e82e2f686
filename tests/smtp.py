"""A real mail server for tests: it speaks SMTP on a free port and keeps what it was given.

with MailServer() as server:
    settings.MAIL_TRANSPORT = server.transport     # this process
    env = {"EMAIL_URL": server.url}                # another one
    server.wait_for(3)
    server.messages[0]["Subject"]
"""

import asyncio
import email
import email.policy
import logging
import threading
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

# It would tell every line of every conversation.
logging.getLogger("mail.log").setLevel(logging.ERROR)


class _Controller(Controller):
    """Learns the port the system chose before it knocks at its own door."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """Listens between ``with`` and its end; ``messages`` are in the order of arrival.

    ``before_answer`` is called with their number when a message is in and the sender has not heard the 250 yet.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refusals: dict[str, str] = {}
        self.before_answer: Callable[[int], None] | None = None
        self._arrived = threading.Condition()
        self._controller = _Controller(self, hostname="127.0.0.1", port=0)

    def __enter__(self) -> "MailServer":
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._controller.port

    @property
    def url(self) -> str:
        """For ``EMAIL_URL`` in the environment of another process."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def transport(self) -> dict[str, Any]:
        """For ``settings.MAIL_TRANSPORT`` in this process."""
        backend = "django.core.mail.backends.smtp.EmailBackend"
        return {"backend": backend, "host": "127.0.0.1", "port": self.port, "timeout": 10}

    def refuse(self, address: str, reply: str) -> None:
        """Answer mail to ``address`` with ``reply``, such as ``550 no such user``."""
        self.refusals[address] = reply

    def message_ids(self) -> list[str]:
        """The Message-ID of each arrived message, copies included."""
        with self._arrived:
            return [message["Message-ID"] for message in self.messages]

    def wait_for(self, count: int, *, timeout: float = 120) -> None:
        """Until at least ``count`` messages are there.

        :raises TimeoutError: if they don't come.
        """
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.messages) >= count, timeout):
                raise TimeoutError(f"{len(self.messages)} of {count} messages arrived")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """aiosmtpd's hook for a recipient."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """aiosmtpd's hook for a whole message."""
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        with self._arrived:
            self.messages.append(message)
            count = len(self.messages)
            self._arrived.notify_all()
        if self.before_answer is not None:
            self.before_answer(count)
        return "250 OK"
