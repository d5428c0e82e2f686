"""Who looks after something now, as a function: so that nothing waits for somebody who has left."""

from django.db import migrations

WHO_KEEPS = """
-- Whoever was named, while they own or manage here; else the manager, else the owner, who has been here longest.
CREATE FUNCTION accounts_keeper(of_organization uuid, named bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT membership_id FROM accounts_accessperiod
            WHERE organization_id = of_organization AND ended_at IS NULL AND level IN ('manager', 'owner')
            ORDER BY membership_id IS NOT DISTINCT FROM named DESC, level, membership_id LIMIT 1);
END $$;
CREATE FUNCTION accounts_keeper_name(of_organization uuid, named bigint) RETURNS text LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT coalesce(nullif(person.name, ''), person.email)
            FROM accounts_membership membership JOIN accounts_user person ON person.id = membership.user_id
            WHERE membership.id = accounts_keeper(of_organization, named));
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_an_owner_stays")]
    operations = [
        migrations.RunSQL(
            WHO_KEEPS,
            "DROP FUNCTION accounts_keeper_name(uuid, bigint); DROP FUNCTION accounts_keeper(uuid, bigint);",
        )
    ]
