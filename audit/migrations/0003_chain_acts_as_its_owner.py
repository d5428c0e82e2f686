"""Links are written as the owner of the chain, so that the application's role needs no right to write them."""

from django.db import migrations

AS_OWNER = """
DO $$
BEGIN
    EXECUTE format('ALTER FUNCTION audit_chain() SECURITY DEFINER SET search_path = pg_catalog, %I, pg_temp',
                   current_schema());
END $$;
-- Who may attach it to a table of their own could have links written for events that never were.
REVOKE EXECUTE ON FUNCTION audit_chain() FROM PUBLIC;
"""
AS_CALLER = """
ALTER FUNCTION audit_chain() SECURITY INVOKER RESET search_path;
GRANT EXECUTE ON FUNCTION audit_chain() TO PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_chain_and_refusals")]
    operations = [migrations.RunSQL(AS_OWNER, AS_CALLER)]
