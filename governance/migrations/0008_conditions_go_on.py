"""Conditions of signatures that go on under the next revision, and which of them bind."""

import django.db.models.deletion
from django.db import migrations, models

from operations.tenancy import append_only, tenant_foreign_keys

CARRIED = """
CREATE FUNCTION governance_guard_carried() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM governance_routedecision draft
        JOIN governance_routedecision before ON before.organization_id = draft.organization_id AND before.route_id = draft.route_id
             AND before.number < draft.number
        JOIN governance_signature said ON said.sign_off_id = before.sign_off_id
        JOIN governance_signaturecondition condition ON condition.signature_id = said.id
        WHERE draft.id = NEW.decision_id AND draft.status = 'draft' AND condition.id = NEW.condition_id) THEN
        RAISE EXCEPTION 'a draft carries on the conditions of an earlier revision' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER governance_guard_carried BEFORE INSERT ON governance_carriedcondition
    FOR EACH ROW EXECUTE FUNCTION governance_guard_carried();

-- Whether a condition of a signature binds: what was signed under it holds, or what carries it on does and allows something.
CREATE FUNCTION governance_binds(of_condition bigint) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT FROM governance_signaturecondition condition
        JOIN governance_signature said ON said.id = condition.signature_id
        JOIN governance_signoff sign_off ON sign_off.id = said.sign_off_id AND sign_off.outcome = 'approved'
        LEFT JOIN governance_routedecision decision ON decision.sign_off_id = sign_off.id
        WHERE condition.id = of_condition AND (
            decision.id IS NULL OR decision.status IN ('approved', 'suspended') OR EXISTS (
                SELECT FROM governance_carriedcondition carried
                JOIN governance_routedecision later ON later.id = carried.decision_id
                WHERE carried.condition_id = of_condition AND later.status IN ('approved', 'suspended')
                     AND later.outcome <> 'not_allowed')));
END $$;

-- The conditions that bind under a decision: its own words, those that it carries on where it allows something and that were
-- frozen with it because nobody had met them, then those it was signed with.
CREATE OR REPLACE FUNCTION governance_conditions(of_sign_off bigint, own text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN concat_ws(E'\\n', nullif(own, ''), (
        SELECT string_agg(condition.text, E'\\n' ORDER BY condition.id)
        FROM governance_routedecision decision
        JOIN governance_carriedcondition carried ON carried.decision_id = decision.id
        JOIN governance_signaturecondition condition ON condition.id = carried.condition_id
        JOIN governance_signoff sign_off ON sign_off.id = decision.sign_off_id
        WHERE decision.sign_off_id = of_sign_off AND decision.outcome <> 'not_allowed'
          AND (condition.met_at IS NULL OR condition.met_at > sign_off.submitted_at)), (
        SELECT string_agg(condition.text, E'\\n' ORDER BY stage.position, condition.position)
        FROM governance_signature said
        JOIN governance_signoffstage stage ON stage.id = said.stage_id
        JOIN governance_signaturecondition condition ON condition.signature_id = said.id
        WHERE said.sign_off_id = of_sign_off));
END $$;
"""
# What 0005 made of it.
BEFORE = """
CREATE OR REPLACE FUNCTION governance_conditions(of_sign_off bigint, own text) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN concat_ws(E'\\n', nullif(own, ''), (
        SELECT string_agg(condition.text, E'\\n' ORDER BY stage.position, condition.position)
        FROM governance_signature said
        JOIN governance_signoffstage stage ON stage.id = said.stage_id
        JOIN governance_signaturecondition condition ON condition.signature_id = said.id
        WHERE said.sign_off_id = of_sign_off));
END $$;
DROP FUNCTION governance_binds(bigint);
DROP FUNCTION governance_guard_carried() CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0007_what_it_rests_on")]
    operations = [
        migrations.CreateModel(
            name="CarriedCondition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried_by",
                        to="governance.signaturecondition",
                    ),
                ),
                (
                    "decision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="carried",
                        to="governance.routedecision",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.organization"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("decision", "condition"), name="condition_is_carried_once")
                ],
            },
        ),
        tenant_foreign_keys(
            ("governance_carriedcondition", "decision_id", "governance_routedecision"),
            ("governance_carriedcondition", "condition_id", "governance_signaturecondition"),
        ),
        append_only("governance_carriedcondition"),
        migrations.RunSQL(CARRIED, BEFORE),
    ]
