"""What the product knows by itself about questions that are answered once, as of any moment; in plain SQL.

One entry of ``SOURCES`` is one thing it knows: rows of ``holds`` say how many of how many are so, since when, by which
decisions and for which routes not yet. All of at least one is the answer. A question whose ``answers_itself`` stands here
is answered by nobody; one whose source is yet to be built is answered by hand until it has its entry.
"""

# Decided is a route with a decision in force, allowed or not; open is what the running adoption review is about besides, and
# what people say they use of which no route is decided: by the counts that anybody may see, so that nobody is shown by it.
ROUTE_DECIDED = """
    SELECT count(*) FILTER (WHERE is_decided), count(*), max(started_at),
           array_agg(id) FILTER (WHERE is_decided), array_agg(route_id) FILTER (WHERE NOT is_decided)
    FROM (
        SELECT id, route_id, started_at, true AS is_decided FROM force
        UNION ALL
        SELECT NULL, undecided, NULL, false FROM reviews_undecided(of_organization, moment) undecided
        UNION ALL
        SELECT NULL, used.route_ids[1], NULL, false FROM checklists_usagecell cell
        CROSS JOIN LATERAL (SELECT checklists_routes_used(of_organization, cell.tool_id, cell.account) AS route_ids) used
        WHERE cell.inquiry_id = (SELECT max(id) FROM checklists_usageinquiry
                                 WHERE organization_id = of_organization AND asked_at <= moment)
          AND cell.group_id IS NULL AND cell.about = 'used' AND cell.purpose = '' AND cell.tool_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM force WHERE force.route_id = ANY (used.route_ids))
          AND NOT EXISTS (SELECT FROM reviews_undecided(of_organization, moment) about WHERE about = ANY (used.route_ids))
    ) AS route
"""
# By somebody for each group that has to sign, or alone by the only person there is; and nothing it rests on was judged
# to have changed since.
SIGNED_OFF = """
    SELECT count(*) FILTER (WHERE is_signed), count(*), max(started_at),
           array_agg(id) FILTER (WHERE is_signed), array_agg(route_id) FILTER (WHERE NOT is_signed)
    FROM (
        SELECT force.*, NOT EXISTS (SELECT FROM audit_withdrawn(of_organization, moment) withdrawn
                                    WHERE withdrawn.snapshot_id = sign_off.snapshot_id)
               AND CASE WHEN sign_off.is_sole THEN 1 = (
                        SELECT count(*) FROM (
                            SELECT access.organization_id FROM accounts_accessperiod access
                            WHERE (access.organization_id, access.membership_id) >= (of_organization, 0::bigint)
                              AND access.started_at <= moment AND (access.ended_at IS NULL OR access.ended_at > moment)
                            ORDER BY access.organization_id, access.membership_id LIMIT 2) AS belongs
                        WHERE belongs.organization_id = of_organization)
                   ELSE 2 = (
                        SELECT count(DISTINCT signs.key) FROM governance_signature said
                        JOIN governance_signoffstage stage ON stage.id = said.stage_id
                        JOIN accounts_signoffgroup signs ON signs.id = stage.group_id
                        WHERE said.sign_off_id = sign_off.id AND said.word = 'signed' AND said.at <= moment
                          AND signs.key IN ('security', 'legal'))
                   END AS is_signed
        FROM force JOIN governance_signoff sign_off ON sign_off.id = force.sign_off_id
    ) AS signed
"""
# Each line of a decision that allows names somebody or something: one that names nothing is for everybody and everything.
SCOPE_DECIDED = """
    SELECT count(*) FILTER (WHERE is_named), count(*), max(started_at),
           array_agg(id) FILTER (WHERE is_named), array_agg(route_id) FILTER (WHERE NOT is_named)
    FROM (
        SELECT force.*, NOT EXISTS (
            SELECT FROM governance_scopeline line WHERE line.decision_id = force.id AND line.repositories = ''
              AND NOT EXISTS (SELECT FROM governance_scopelineteam named WHERE named.line_id = line.id)
              AND NOT EXISTS (SELECT FROM governance_scopelinejobrole named WHERE named.line_id = line.id)
              AND NOT EXISTS (SELECT FROM governance_scopelineuse named WHERE named.line_id = line.id)
              AND NOT EXISTS (SELECT FROM governance_scopelinedataclass named WHERE named.line_id = line.id)) AS is_named
        FROM force WHERE outcome <> 'not_allowed'
    ) AS scope
"""
# Reviews stand above checklists: their function is called by its name.
REVIEWS_SCHEDULED = """
    SELECT count(*) FILTER (WHERE NOT is_late), count(*), max(started_at),
           array_agg(id) FILTER (WHERE NOT is_late), array_agg(route_id) FILTER (WHERE is_late)
    FROM force JOIN reviews_next_days(of_organization, moment) next ON next.decision_id = force.id
"""
# Exact counts, as settled; a person counts once for each route. Of a moment in the past they know nothing: then it is what
# was kept when an adoption review ended, or else worked out anew from who was where and had said what.
PEOPLE_CLEARED = """
    SELECT CASE WHEN kept_total IS NULL THEN coalesce(sum(n) FILTER (WHERE status = 'cleared'), 0)::bigint ELSE kept_done END,
           coalesce(kept_total, sum(n)::bigint, 0), NULL::timestamptz, '{}'::bigint[],
           CASE WHEN kept_total IS NULL THEN array_agg(DISTINCT route_id) FILTER (WHERE status = 'open' AND n > 0) ELSE kept_open END
    FROM (
        SELECT substr(subject, 9)::bigint AS route_id, status, sum(n) AS n FROM (
            SELECT subject, status, n FROM checklists_readinesscell
            WHERE organization_id = of_organization AND subject LIKE 'cleared:%' AND NOT is_past
            UNION ALL
            SELECT subject, status, n FROM checklists_readinessdelta
            WHERE organization_id = of_organization AND subject LIKE 'cleared:%' AND NOT is_past
        ) AS change GROUP BY subject, status
        UNION ALL
        SELECT route_id, CASE WHEN required > 0 AND open = 0 THEN 'cleared' ELSE 'open' END, count(*)
        FROM checklists_cleared(of_organization, NULL, moment) WHERE is_past AND kept_total IS NULL GROUP BY 1, 2
    ) AS person
"""
SOURCES = {
    "route-decided": ROUTE_DECIDED,
    "signed-off": SIGNED_OFF,
    "scope-decided": SCOPE_DECIDED,
    "reviews-scheduled": REVIEWS_SCHEDULED,
    "people-cleared": PEOPLE_CLEARED,
}

NAMES = ", ".join(f"'{source}'" for source in SOURCES)
EACH = "\n    UNION ALL\n".join(
    f"    SELECT '{source}'::text, holds.* FROM ({text}) AS holds (done, total, since, decision_ids, open_route_ids)"
    for source, text in SOURCES.items()
)
ANSWERS_ITSELF = f"""
CREATE FUNCTION checklists_sources() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$ SELECT ARRAY[{NAMES}] $$;

CREATE FUNCTION checklists_answers_itself(of_organization uuid, moment timestamptz)
RETURNS TABLE (source text, done bigint, total bigint, since timestamptz, decision_ids bigint[], open_route_ids bigint[])
LANGUAGE plpgsql STABLE ROWS 5 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    is_past boolean := moment < clock_timestamp() - interval '5 minutes';
    kept_done bigint;
    kept_total bigint;
    kept_open bigint[];
BEGIN
    IF is_past THEN
        SELECT cleared, clearances, routes_uncleared INTO kept_done, kept_total, kept_open
        FROM reviews_cleared_then(of_organization, moment);
    END IF;
    RETURN QUERY
    WITH force AS MATERIALIZED (
        SELECT decision.id, decision.route_id, decision.outcome, decision.sign_off_id, period.started_at
        FROM governance_forceperiod period JOIN governance_routedecision decision ON decision.id = period.decision_id
        WHERE period.organization_id = of_organization AND period.started_at <= moment
          AND (period.ended_at IS NULL OR period.ended_at > moment)
          AND (period.lapses_at IS NULL OR period.lapses_at > moment)
    )
{EACH};
END $$;

-- What the product knows nobody says by hand; whom it was asked of personally says what they know.
CREATE FUNCTION checklists_guard_answer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.membership_id IS NULL AND EXISTS (
        SELECT FROM checklists_itemrevision revision WHERE revision.answers_itself = ANY (checklists_sources())
          AND revision.id IN (NEW.revision_id, (
              SELECT max(id) FROM checklists_itemrevision WHERE item_id = NEW.item_id AND published_at IS NOT NULL))) THEN
        RAISE EXCEPTION 'this question answers itself' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER checklists_guard_answer BEFORE INSERT ON checklists_answer
    FOR EACH ROW EXECUTE FUNCTION checklists_guard_answer();
"""
DROPPED = (
    "checklists_guard_answer() CASCADE",
    "checklists_answers_itself(uuid, timestamptz)",
    "checklists_sources()",
)
