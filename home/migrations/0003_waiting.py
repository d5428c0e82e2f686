"""What waits for one person, and what the frame of every page says of them: planned once per connection, because put
together anew for each page they take longer to plan than to run."""

from django.db import migrations

BELONGINGS = """
CREATE FUNCTION home_belongings(of_user uuid) RETURNS json LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(json_agg(json_build_array(organization.name, organization.slug)
                                 ORDER BY organization.name, membership.id), '[]')
        FROM accounts_membership membership
        JOIN accounts_organization organization ON organization.id = membership.organization_id
        WHERE membership.user_id = of_user AND organization.locked_at IS NULL
          AND EXISTS (SELECT FROM accounts_accessperiod period
                      WHERE period.membership_id = membership.id AND period.ended_at IS NULL)
    );
END $$;
"""
FRAME = """
CREATE FUNCTION home_frame(of_organization uuid, of_member bigint, of_user uuid, moment timestamptz, items bigint)
RETURNS TABLE (items_left bigint, sign_offs bigint, reviews bigint, questions bigint, organizations json, usage json)
LANGUAGE plpgsql STABLE ROWS 1 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_variable
BEGIN
    RETURN QUERY
    SELECT coalesce(items, (
               SELECT count(DISTINCT item_id) FROM checklists_state_of(of_organization, of_member, moment)
               WHERE NOT is_current AND reason <> 'waiting')),
           (SELECT count(*) FROM governance_waiting_for(of_organization, of_user)),
           reviews_waiting_for(of_organization, of_member)::bigint,
           (SELECT count(*) FROM governance_questions_for(of_organization, of_member)),
           home_belongings(of_user), (
               SELECT json_build_array(inquiry.due_on, coalesce(nullif(person.name, ''), person.email),
                                       EXISTS (SELECT FROM checklists_usagereport report
                                               WHERE report.inquiry_id = inquiry.id AND report.membership_id = of_member))
               FROM checklists_usageinquiry inquiry
               JOIN accounts_membership keeper ON keeper.id = inquiry.keeper_id
               JOIN accounts_user person ON person.id = keeper.user_id
               WHERE inquiry.organization_id = of_organization AND inquiry.closed_at IS NULL
                 AND NOT EXISTS (SELECT FROM accounts_accessperiod access
                                 WHERE access.membership_id = of_member AND access.ended_at IS NULL AND access.level = 'guest')
           );
END $$;
"""
# Who keeps nothing is asked about none of what keepers are: looked at once, not per row.
WAITING = """
CREATE FUNCTION home_waiting(
    of_organization uuid, of_member bigint, of_user uuid, moment timestamptz, zone text, soon date, most integer)
RETURNS TABLE (kind text, id bigint, title text, code text, about text, since timestamptz, due_on date)
LANGUAGE plpgsql STABLE ROWS 20 SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    WITH me AS MATERIALIZED (SELECT accounts_keeper(of_organization, of_member) = of_member AS keeps)
    SELECT kind, id, title::text, code::text, about::text, since, due_on FROM (
        SELECT 'sign-off' AS kind, sign_off.id, sign_off.title, sign_off.code, stage.name AS about,
               coalesce((SELECT max(at) FROM governance_signature WHERE sign_off_id = sign_off.id), sign_off.submitted_at) AS since,
               NULL::date AS due_on
        FROM governance_signoffstage stage JOIN governance_signoff sign_off ON sign_off.id = stage.sign_off_id
        WHERE stage.id = ANY (ARRAY(SELECT governance_waiting_for(of_organization, of_user)))
      UNION ALL
        SELECT 'condition', condition.id, condition.text, sign_off.code, sign_off.title, said.at, condition.due_on
        FROM governance_signaturecondition condition
        JOIN governance_signature said ON said.id = condition.signature_id
        JOIN governance_signoff sign_off ON sign_off.id = said.sign_off_id
        WHERE (SELECT keeps FROM me) AND condition.organization_id = of_organization AND condition.met_at IS NULL
          AND governance_binds(condition.id)
          AND accounts_keeper(condition.organization_id, condition.keeper_id) = of_member
      UNION ALL
        SELECT 'review', review.id, coalesce(route.name, checklist.name), coalesce(route.short_code, ''), '', review.opened_at, review.due_on
        FROM reviews_review review
        LEFT JOIN governance_routedecision decision ON decision.id = review.decision_id
        LEFT JOIN catalog_accessroute route ON route.id = decision.route_id
        LEFT JOIN checklists_checklist checklist ON checklist.id = review.checklist_id
        WHERE (SELECT keeps FROM me) AND review.organization_id = of_organization AND review.closed_at IS NULL
          AND NOT reviews_is_waiting(review.id)
          AND accounts_keeper(review.organization_id, review.keeper_id) = of_member
      UNION ALL
        SELECT 'change', max(change.id), change.fact_key, '', '', min(change.opened_at), min(change.due_on)
        FROM reviews_changeassessment change
        WHERE (SELECT keeps FROM me) AND change.organization_id = of_organization AND change.verdict = ''
          AND accounts_keeper(change.organization_id, change.keeper_id) = of_member
        GROUP BY change.fact_key
      UNION ALL
        SELECT 'policies', week.id, '', '', week.week_on::text, week.opened_at, week.due_on
        FROM reviews_policyassessment week
        WHERE (SELECT keeps FROM me) AND week.organization_id = of_organization AND week.closed_at IS NULL
          AND accounts_keeper(week.organization_id, week.keeper_id) = of_member
      UNION ALL
        SELECT 'legal', week.id, '', '', week.week_on::text, put.put_at, week.due_on
        FROM reviews_put_to_legal(of_organization, of_member) put JOIN reviews_policyassessment week ON week.id = put.week_id
      UNION ALL
        SELECT 'question', question.id, question.title, '', coalesce(nullif(person.name, ''), person.email), question.asked_at, NULL
        FROM governance_question question
        JOIN accounts_membership asker ON asker.id = question.asked_by_id
        JOIN accounts_user person ON person.id = asker.user_id
        WHERE question.id = ANY (ARRAY(SELECT governance_questions_for(of_organization, of_member)))
      UNION ALL
        SELECT 'draft', draft.id, route.name, route.short_code, coalesce(nullif(person.name, ''), person.email), draft.proposed_at, NULL
        FROM governance_routedecision draft
        JOIN catalog_accessroute route ON route.id = draft.route_id
        JOIN governance_routedecision refused ON refused.organization_id = draft.organization_id
             AND refused.route_id = draft.route_id AND refused.number = draft.number - 1 AND refused.status = 'changes_asked'
        JOIN governance_signature said ON said.sign_off_id = refused.sign_off_id AND said.word = 'changes_asked'
        JOIN accounts_user person ON person.id = said.user_id
        WHERE draft.organization_id = of_organization AND draft.status = 'draft' AND draft.proposed_by_id = of_user
      UNION ALL
        SELECT 'verdict', review.id, sign_off.title, '', coalesce(nullif(person.name, ''), person.email), said.at, NULL
        FROM reviews_adoptionreview review
        JOIN reviews_adoptionverdict verdict ON verdict.review_id = review.id
        JOIN governance_signoff sign_off ON sign_off.id = verdict.sign_off_id
        JOIN governance_signature said ON said.sign_off_id = sign_off.id AND said.word IN ('changes_asked', 'rejected')
        JOIN accounts_user person ON person.id = said.user_id
        WHERE (SELECT keeps FROM me) AND review.organization_id = of_organization AND review.status = 'running'
          AND sign_off.submitted_by_id = of_user
          AND NOT EXISTS (SELECT FROM reviews_adoptionverdict later WHERE later.review_id = review.id AND later.id > verdict.id)
      UNION ALL
        SELECT 'comment', sign_off.id, sign_off.title, sign_off.code, said.anchor, max(said.at), NULL
        FROM governance_signoff sign_off JOIN governance_signoffcomment said ON said.sign_off_id = sign_off.id AND said.group_id IS NULL
        WHERE (SELECT keeps FROM me) AND sign_off.organization_id = of_organization AND sign_off.outcome = 'pending'
          AND sign_off.submitted_by_id = of_user AND said.by_id <> of_user
          AND NOT EXISTS (SELECT FROM governance_signoffcomment answered
                          WHERE answered.sign_off_id = sign_off.id AND answered.anchor = said.anchor AND answered.id > said.id
                            AND answered.by_id = of_user AND answered.group_id IS NULL)
        GROUP BY sign_off.id, said.anchor
      UNION ALL
        SELECT 'vendor', governance_route_of(fact.id, word.organization_id), word.asked_of, '', fact.topic_id, word.said_at, word.expires_on
        FROM governance_ownword word JOIN catalog_fact fact ON fact.id = word.fact_id
        WHERE (SELECT keeps FROM me) AND word.organization_id = of_organization AND word.kind = 'asked' AND fact.superseded_at IS NULL
          AND accounts_keeper(word.organization_id, word.said_by_id) = of_member
          AND NOT EXISTS (SELECT FROM governance_ownword later WHERE later.organization_id = word.organization_id
                          AND later.fact_key = word.fact_key AND later.id > word.id)
      UNION ALL
        SELECT 'shared', checklist.id, checklist.name, '', count(*)::text, min(version.published_at), min(state.due_on)
        FROM checklists_shared_state(of_organization, moment) state
        JOIN checklists_checklist checklist ON checklist.id = state.checklist_id
        JOIN checklists_checklistversion version ON version.checklist_id = checklist.id AND version.status = 'published'
        WHERE (SELECT keeps FROM me) AND NOT state.is_current AND state.due_on <= soon
          AND accounts_keeper(checklist.organization_id, checklist.keeper_id) = of_member
          AND (state.team_id IS NOT NULL OR NOT EXISTS (
              SELECT FROM reviews_adoptionchecklist part JOIN reviews_adoptionreview review ON review.id = part.review_id
              WHERE part.checklist_id = state.checklist_id AND review.status = 'running'))
        GROUP BY checklist.id
    ) AS waiting
    ORDER BY coalesce(due_on, (since AT TIME ZONE zone)::date), since, id
    LIMIT most;
END $$;
"""
DROPPED = (
    "home_waiting(uuid, bigint, uuid, timestamptz, text, date, integer)",
    "home_frame(uuid, bigint, uuid, timestamptz, bigint)",
    "home_belongings(uuid)",
)


class Migration(migrations.Migration):
    dependencies = [("home", "0002_link_is_used_once"), ("reviews", "0007_policies")]
    operations = [
        migrations.RunSQL(BELONGINGS + FRAME + WAITING, "".join(f"DROP FUNCTION {function};" for function in DROPPED))
    ]
