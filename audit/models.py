"""What happened, and what was seen.

Organizations and people are plain UUIDs here: nothing in this app points upward.
The chain, the refusals and the withdrawal rule are plain SQL in the migrations.
"""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

# Whose chain and whose texts belong to no organization: the operator's, and those of the machine itself.
INSTALLATION = UUID(int=0)


class AuditEvent(models.Model):
    """One thing that happened: who did what to what, as ids and digests only.

    Written by ``audit.actions.record`` in the transaction of the change itself.
    The database links it into the chain at commit and refuses every update and deletion.
    """

    # Null: the installation's own chain.
    organization_id = models.UUIDField(null=True)
    at = models.DateTimeField(_("when"))
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=120, blank=True)
    # Canonical JSON text: the very bytes that are hashed.
    data = models.TextField(default="{}")

    class Meta:
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="audit_event_by_organization"),
            models.Index(fields=["organization_id", "actor_id", "-id"], name="audit_event_by_actor"),
            models.Index(fields=["organization_id", "target", "-id"], name="audit_event_by_target"),
            models.Index(fields=["organization_id", "action", "-id"], name="audit_event_by_action"),
            models.Index(fields=["organization_id", "at"], name="audit_event_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target}".strip()


class AuditLink(models.Model):
    """One link of a chain: the position of an event, and the hash over it and all before it.

    Written by a deferred constraint trigger at commit, by nobody else.
    """

    chain = models.UUIDField(help_text="The organization; the nil UUID for the installation's chain.")
    position = models.BigIntegerField()
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="one_link_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.chain} #{self.position}"


class FreeText(models.Model):
    """What a person typed: kept apart with a salt, so that the chain and snapshots hold its digest only.

    Written by ``audit.actions.keep_text``; what the operator typed belongs to ``INSTALLATION``. Erasing nulls body and salt and leaves the digest; nothing else may change.
    """

    organization_id = models.UUIDField()
    salt = models.BinaryField(max_length=16, null=True)
    body = models.TextField(null=True)  # noqa: DJ001 -- null means erased, the empty text is a text
    sha256 = models.CharField(max_length=64)
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "id"], name="text_tenant_key"),
            models.CheckConstraint(
                name="erased_text_has_no_body",
                condition=models.Q(erased_at__isnull=True, body__isnull=False, salt__isnull=False)
                | models.Q(erased_at__isnull=False, body__isnull=True, salt__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.body if self.body is not None else str(_("(erased)"))


class Snapshot(models.Model):
    """The very bytes somebody was shown before they signed or answered.

    One row per organization and content; the database holds the hash to the content and refuses every change.
    """

    organization_id = models.UUIDField()
    sha256 = models.CharField(max_length=64)
    content = models.TextField(help_text="Canonical JSON; the bytes that were hashed.")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization_id", "sha256"], name="one_snapshot_per_content"),
            models.UniqueConstraint(fields=["organization_id", "id"], name="snapshot_tenant_key"),
        ]

    def __str__(self) -> str:
        return self.sha256[:12]


class Basis(models.Model):
    """One thing a snapshot rests on, with the revision that was shown.

    Keys: ``fact:<key>``, ``own-word:<fact key>``, ``agreement:<route id>:<kind>:<title>``, ``decision:<route id>``,
    ``item:<item id>``, ``rules:<id>``.
    A revision is the primary key of the row that was shown: it only ever goes up.
    """

    organization_id = models.UUIDField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, db_index=False, related_name="bases")
    key = models.CharField(max_length=200)
    revision = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "bases"
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "key"], name="one_basis_per_snapshot_and_key"),
        ]
        indexes = [
            models.Index(fields=["organization_id", "key", "revision"], name="basis_by_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key}@{self.revision}"


class Reopening(models.Model):
    """A person's judgement that a change is material: what rests on ``key`` below a revision is asked again.

    Written by ``audit.actions.reopen`` under the organization's exclusive lock, together with the snapshots it
    withdraws. An undo is a further row that points to the one it undoes.
    """

    organization_id = models.UUIDField()
    key = models.CharField(max_length=200)
    below_revision = models.BigIntegerField()
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    # Words for the person who is asked again, from the organization's own texts: "Terms of route X changed …".
    because = models.TextField(blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization_id", "id"], name="reopening_tenant_key")]
        indexes = [models.Index(fields=["organization_id", "key"], name="reopening_by_key")]

    def __str__(self) -> str:
        return f"{self.key} below {self.below_revision}"


class Withdrawal(models.Model):
    """One snapshot that a reopening withdraws: the small table that ``current(at=)`` anti-joins.

    The bases are the truth; a test recomputes these rows from them.
    """

    organization_id = models.UUIDField()
    reopening = models.ForeignKey(Reopening, on_delete=models.PROTECT, related_name="withdrawals")
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, db_index=False, related_name="withdrawals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "reopening"], name="withdrawn_once_per_reopening"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} by {self.reopening_id}"


class AuditAnchor(models.Model):
    """A signed head of a chain, published outside the database too; without it a superuser could cut the tail unseen."""

    chain = models.UUIDField()
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["chain", "-position"], name="anchor_by_chain")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.position}"
