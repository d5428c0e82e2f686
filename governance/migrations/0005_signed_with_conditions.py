"""Conditions of signatures, laid over what was frozen, and comments beside its lines; what the database refuses of both."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from operations.create_tables import CreateTables
from operations.tenancy import append_only, only_closes, tenant_foreign_keys

# What a signature hands on is what it signed with its own conditions beside the earlier ones, and nothing else changed.
ONWARD = """
CREATE FUNCTION governance_guard_onward() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    signed jsonb;
    onward jsonb;
    at_stage int;
BEGIN
    IF NEW.onward_snapshot_id IS NULL THEN
        RETURN NEW;
    END IF;
    SELECT content::jsonb INTO signed FROM audit_snapshot WHERE id = NEW.snapshot_id;
    SELECT content::jsonb INTO onward FROM audit_snapshot WHERE id = NEW.onward_snapshot_id;
    SELECT position INTO at_stage FROM governance_signoffstage WHERE id = NEW.stage_id;
    IF signed - 'signed_with' <> onward - 'signed_with' OR coalesce(signed -> 'signed_with', '[]') <> (
        SELECT coalesce(jsonb_agg(one ORDER BY place), '[]')
        FROM jsonb_array_elements(onward -> 'signed_with') WITH ORDINALITY AS laid (one, place)
        WHERE (one ->> 'stage')::int <> at_stage) THEN
        RAISE EXCEPTION 'a signature lays conditions over what was frozen and changes nothing else'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_onward BEFORE INSERT ON governance_signature
    FOR EACH ROW EXECUTE FUNCTION governance_guard_onward();

-- The conditions among what a signature hands on: each as its row has to say it.
CREATE FUNCTION governance_handed_on(of_signature bigint)
RETURNS TABLE ("position" int, text text, keeper bigint, due_on date, suspends boolean) LANGUAGE sql STABLE AS $$
    SELECT (one ->> 'position')::int, one ->> 'text', (one ->> 'keeper')::bigint, (one ->> 'due_on')::date, (one ->> 'suspends')::boolean
    FROM governance_signature said
    JOIN governance_signoffstage stage ON stage.id = said.stage_id
    JOIN audit_snapshot onward ON onward.id = said.onward_snapshot_id
    CROSS JOIN jsonb_array_elements(onward.content::jsonb -> 'signed_with') AS laid (one)
    WHERE said.id = of_signature AND (one ->> 'stage')::int = stage.position
$$;
CREATE FUNCTION governance_guard_condition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.met_at IS NOT NULL OR NOT EXISTS (
        SELECT FROM governance_handed_on(NEW.signature_id) laid
        WHERE (laid.position, laid.text, laid.keeper, laid.due_on, laid.suspends)
            = (NEW.position, NEW.text, NEW.keeper_id, NEW.due_on, NEW.suspends)) THEN
        RAISE EXCEPTION 'a condition is what its signature hands on' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_condition BEFORE INSERT ON governance_signaturecondition
    FOR EACH ROW EXECUTE FUNCTION governance_guard_condition();
CREATE FUNCTION governance_conditions_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM governance_handed_on(NEW.id)) <> (
        SELECT count(*) FROM governance_signaturecondition WHERE signature_id = NEW.id) THEN
        RAISE EXCEPTION 'every condition a signature hands on has its row' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER governance_conditions_are_kept AFTER INSERT ON governance_signature
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION governance_conditions_are_kept();

-- The conditions that bind under a decision: its own words, then those it was signed with. Asked on pages people live in.
CREATE FUNCTION governance_conditions(of_sign_off bigint, own text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN concat_ws(E'\\n', nullif(own, ''), (
        SELECT string_agg(condition.text, E'\\n' ORDER BY stage.position, condition.position)
        FROM governance_signature said
        JOIN governance_signoffstage stage ON stage.id = said.stage_id
        JOIN governance_signaturecondition condition ON condition.signature_id = said.id
        WHERE said.sign_off_id = of_sign_off));
END $$;
"""
UNDO = """
DROP FUNCTION governance_conditions(bigint, text);
DROP FUNCTION governance_conditions_are_kept() CASCADE;
DROP FUNCTION governance_guard_condition() CASCADE;
DROP FUNCTION governance_handed_on(bigint);
DROP FUNCTION governance_guard_onward() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("governance", "0004_what_it_is_for"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SignatureCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                ("text", models.TextField(verbose_name="condition")),
                ("due_on", models.DateField(verbose_name="due")),
                (
                    "suspends",
                    models.BooleanField(default=False, verbose_name="suspends the decision when it is not met"),
                ),
                ("met_at", models.DateTimeField(blank=True, null=True)),
                (
                    "keeper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                        verbose_name="keeper",
                    ),
                ),
                (
                    "met_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "met_link",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "met_text",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="governance.signature",
                    ),
                ),
            ],
            options={
                "ordering": ["signature_id", "position"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("met_at__isnull", True)),
                        fields=["organization", "due_on"],
                        name="condition_unmet",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "id"), name="signature_condition_tenant_key"),
                    models.UniqueConstraint(fields=("signature", "position"), name="one_condition_per_position"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("met_at__isnull", True),
                                ("met_by__isnull", True),
                                ("met_link__isnull", True),
                                ("met_text__isnull", True),
                            ),
                            models.Q(("met_at__isnull", False), ("met_by__isnull", False), ("met_text__isnull", False)),
                            _connector="OR",
                        ),
                        name="met_condition_says_how",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignOffComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "anchor",
                    models.CharField(
                        help_text="Such as fact:<key>, hop:2, scope:1, conditions.",
                        max_length=200,
                        verbose_name="about",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.signoffgroup",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
                (
                    "sign_off",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="governance.signoff"
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="audit.freetext"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("anchor", ""), _negated=True), name="comment_is_about_something"
                    )
                ],
            },
        ),
    ]
    operations = [
        CreateTables(operations),
        tenant_foreign_keys(
            ("governance_signaturecondition", "signature_id", "governance_signature"),
            ("governance_signaturecondition", "keeper_id", "accounts_membership"),
            ("governance_signaturecondition", "met_text_id", "audit_freetext"),
            ("governance_signaturecondition", "met_link_id", "audit_freetext"),
            ("governance_signoffcomment", "sign_off_id", "governance_signoff"),
            ("governance_signoffcomment", "group_id", "accounts_signoffgroup"),
            ("governance_signoffcomment", "text_id", "audit_freetext"),
        ),
        only_closes("governance_signaturecondition", "met_at", "met_by_id", "met_text_id", "met_link_id"),
        append_only("governance_signoffcomment"),
        migrations.RunSQL(ONWARD, UNDO),
    ]
