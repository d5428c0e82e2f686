"""Mail that came back, as mail servers report it (RFC 3464): which of our messages, and the server's word."""

from dataclasses import dataclass
from email.message import Message


@dataclass(frozen=True)
class Returned:
    """One of our messages that will not arrive.

    :ivar message_id: its Message-ID, as we fixed it. ``says``: the code and words of the server that refused it.
    """

    message_id: str
    says: str


def read_report(report: Message) -> Returned | None:
    """What a report says; None for anything else: a vacation note, a delay, or a report that encloses no message of ours."""
    statuses = [part for part in report.walk() if part.get_content_type() == "message/delivery-status"]
    failed = [group for part in statuses for group in part.walk() if _is_final(group)]
    message_id = next(filter(None, (_message_id(part) for part in report.walk())), "")
    if not failed or not message_id:
        return None
    says = f"{failed[0].get('Status', '')} {failed[0].get('Diagnostic-Code', '')}"
    return Returned(message_id, " ".join(says.split())[:500])


def _is_final(group: Message) -> bool:
    """Refused for good, and not for what we said or who we are (5.7: a policy of theirs)."""
    status = str(group.get("Status", "")).strip()
    return group.get("Action", "").strip().lower() == "failed" and status.startswith("5.") and status[:4] != "5.7."


def _message_id(part: Message) -> str:
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        enclosed = part.get_payload(0)
        return str(enclosed.get("Message-ID", "")).strip() if isinstance(enclosed, Message) else ""
    if kind == "text/rfc822-headers":
        lines = str(part.get_payload()).splitlines()
        return next((line.split(":", 1)[1].strip() for line in lines if line.lower().startswith("message-id:")), "")
    return ""
