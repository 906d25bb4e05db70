-- server/access/holders-store.ts countSiteAdmins
select count(*)::int operators from users where is_operator and state = 'active';

-- server/access/holders-store.ts countTokens
with r as (select * from repositories where id = $1)
select count(*)::int tokens from (select from access_tokens t join organizations o on o.id = (select org_id from r)
where (t.expires_at is null or t.expires_at > $2) and (case when (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'approved' then 'approved' else 'pending' end in ('active', 'approved')) and (t.role <> 'fineGrained'
or exists (select from r where (exists (select from token_scopes ts where ts.token_id = t.id and ts.repo_id = r.id and ts.permissions && array['repo.content.read', 'repo.write']) or exists (select from token_scopes ts where ts.token_id = t.id and ts.group_id = r.group_id and ts.permissions && array['repo.content.read', 'repo.write']) or exists (select from token_scopes ts where ts.token_id = t.id and ts.org_id = r.org_id and ts.permissions && array['repo.content.read', 'repo.write'])
or (r.user_id = t.user_id and exists (select from token_scopes ts where ts.token_id = t.id and ts.org_id is null and ts.group_id is null and ts.repo_id is null and ts.permissions && array['repo.content.read', 'repo.write']))))) and t.user_id = any(array(
select m.user_id from memberships m where m.org_id = (select org_id from r) and (m.expires_at is null or m.expires_at > $3)
union all
select rc.user_id from repo_collaborators rc where rc.repo_id = $4 and (rc.expires_at is null or rc.expires_at > $5)))
limit $6) counted;

-- server/access/holders-store.ts findGroupNames
select id, name from resource_groups where id = any($1::text[]);

-- server/access/holders-store.ts findHolders
with r as (select * from repositories where id = $1)
select user_id id from (
(select m.user_id from memberships m
where m.org_id = (select org_id from r) and (m.expires_at is null or m.expires_at > $2) and (select group_id from r) is null and m.role >= 'read' and "m"."user_id" > $3 order by "m"."user_id" limit $4)
union (select m.user_id from memberships m
where m.org_id = (select org_id from r) and m.role = 'admin' and (m.expires_at is null or m.expires_at > $5) and "m"."user_id" > $6 order by "m"."user_id" limit $7)
union (select gr.user_id from group_roles gr where gr.group_id = (select group_id from r) and "gr"."user_id" > $8 order by "gr"."user_id" limit $9)
union (select creator.user_id from (select creator_id user_id from r) creator where true and "creator"."user_id" > $10 order by "creator"."user_id" limit $11)
union (select rc.user_id from repo_collaborators rc
where rc.repo_id = $12 and (rc.expires_at is null or rc.expires_at > $13) and "rc"."user_id" > $14 order by "rc"."user_id" limit $15)
union (select gq.user_id from gate_requests gq
where gq.repo_id = $16 and (gq.state = 'accepted' and (gq.expires_at is null or gq.expires_at > $17)) and "gq"."user_id" > $18 order by "gq"."user_id" limit $19)
union (select gm.user_id from memberships gm
where gm.org_id in (select gg.org_id from gate_organizations gg
join organizations go on go.id = gg.org_id and go.deleted_at is null where gg.repo_id = $20 and (gg.org_id = (select org_id from r) or (gg.role is null and not go.hide_members))) and "gm"."user_id" > $21 order by "gm"."user_id" limit $22)) c order by user_id limit $23;

-- server/access/holders-store.ts findReachable
select r.id from repositories r where r.org_id = $1 and r.id > $2
and true
and (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $3
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $4 and (m.expires_at is null or m.expires_at > $5) and ((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $6)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $7, false))
and true and true and true and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $8 and (rc.expires_at is null or rc.expires_at > $9)
and (go.id is null or (((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $10)::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $11, false))
and true and true and true))))) order by r.id limit $12;

-- server/access/holders-store.ts findServiceTokens
with r as (select * from repositories where id = $1)
select t.id, t.name, t.last4, s.username account from service_accounts s join access_tokens t on t.user_id = s.id
where s.org_id = (select org_id from r) and (t.expires_at is null or t.expires_at > $2) and (t.role <> 'fineGrained'
or exists (select from r where (exists (select from token_scopes ts where ts.token_id = t.id and ts.repo_id = r.id and ts.permissions && array['repo.content.read', 'repo.write']) or exists (select from token_scopes ts where ts.token_id = t.id and ts.group_id = r.group_id and ts.permissions && array['repo.content.read', 'repo.write']) or exists (select from token_scopes ts where ts.token_id = t.id and ts.org_id = r.org_id and ts.permissions && array['repo.content.read', 'repo.write'])
or (r.user_id = t.user_id and exists (select from token_scopes ts where ts.token_id = t.id and ts.org_id is null and ts.group_id is null and ts.repo_id is null and ts.permissions && array['repo.content.read', 'repo.write']))))) order by s.id, t.id limit $3;

-- server/access/recheck.ts afterLocking
select from memberships m where m.org_id = $1 and m.user_id = $2 and (m.expires_at is null or m.expires_at > $3);

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed from (select * from instance limit 1) i left join users a on a.id = $2 and a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($4::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join sessions s on s.id = $3 and s.expires_at > $1
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' and a.id = $2 left join repositories r on r.id = $5
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, g.id group_id, g.name group_name, g.managed_by group_managed_by, (select max(gr.role) from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id) group_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join resource_groups g on g.org_id = o.id and g.id = $4 where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, g.id group_id, g.name group_name, g.managed_by group_managed_by, (select max(gr.role) from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id) group_role, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join resource_groups g on g.org_id = o.id and g.id = $4 left join users su on su.id = $5 and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join repositories r on r.id = $4
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join repositories r on r.id = $4
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join users su on su.id = $5 and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join users su on su.id = $4 and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, su.id subject_id, su.name subject_name, su.fullname subject_fullname, null::org_role subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join users su on su.id = $3 and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from memberships where org_id = $2 and (select count(*) from step_0) >= 0 and user_id = $3 for share), step_2 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($4, 0)) where (select count(*) from step_1) >= 0) select from step_2;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share) select from step_1;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = $4 for share), step_3 as materialized (select pg_advisory_xact_lock(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = $4 for share), step_3 as materialized (select pg_advisory_xact_lock(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0), step_4 as materialized (select from sso_sessions where org_id = $6 and user_id = $7 and session_id = $8 and (select count(*) from step_3) >= 0 order by id for share) select from step_4;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = $4 for share), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = $4 for share), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0), step_4 as materialized (select from repositories where id = $6 and (select count(*) from step_3) >= 0 for no key update) select from step_4;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = any($4::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = any(array[$4, $5]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = any(array[$4, $5]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = $1 for share), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = any(array[$4, $5]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0), step_4 as materialized (select from sso_sessions where org_id = $7 and user_id = $8 and session_id = $9 and (select count(*) from step_3) >= 0 order by id for share) select from step_4;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any($1::text[]) order by id for update), step_1 as materialized (select from sessions where id = $2 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $3 and (select count(*) from step_1) >= 0 and user_id = any($4::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock(hashtextextended($5, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for share), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share) select from step_1;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for share), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = $5 for share), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for share), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = $5 for share), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0), step_4 as materialized (select from repositories where id = $7 and (select count(*) from step_3) >= 0 for no key update) select from step_4;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for share), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = any(array[$5, $6]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($7, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for update), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share) select from step_1;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for update), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = $5 for share), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($6, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for update), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = any(array[$5, $6]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock(hashtextextended($7, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with step_0 as materialized (select from users where id = any(array[$1, $2]::text[]) order by id for update), step_1 as materialized (select from sessions where id = $3 and (select count(*) from step_0) >= 0 for share), step_2 as materialized (select from memberships where org_id = $4 and (select count(*) from step_1) >= 0 and user_id = any(array[$5, $6]::text[]) order by user_id for no key update), step_3 as materialized (select pg_advisory_xact_lock_shared(hashtextextended($7, 0)) where (select count(*) from step_2) >= 0) select from step_3;

-- server/access/recheck.ts afterLocking
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external from memberships m where m.org_id = $1 and m.user_id = any($2::text[])
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $3 and r.user_id = any($4::text[]))
select
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $5)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7)) "callerRole"
from organizations o where o.id = $8;

-- server/access/recheck.ts afterLocking
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external from memberships m where m.org_id = $1 and m.user_id = any(array[$2]::text[])
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $3 and r.user_id = any(array[$4]::text[]))
select
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $5)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7)) "callerRole"
from organizations o where o.id = $8;

-- server/access/scopes-store.ts listScopes
select t.id as token_id, t.reads_gated, ts.permissions, coalesce(ts.org_id, ts.group_id, ts.repo_id, u.id) as id,
case when ts.token_id is null then null when ts.org_id is not null then 'org' when ts.group_id is not null then 'resource-group'
when ts.repo_id is not null then r.type::text else 'user' end as type,
case when ts.org_id is not null then o.name
when ts.group_id is not null then seen_group.name when ts.repo_id is not null then seen_repo.name
else u.name end as name
from access_tokens t join lateral (select * from "users" where id = "t"."user_id" limit 1) u on true left join token_scopes ts on ts.token_id = t.id
left join lateral (select * from "organizations" where id = "ts"."org_id" limit 1) o on o.deleted_at is null
left join lateral (select go.name || '/' || g.name as name
from resource_groups g join lateral (select * from "organizations" where id = "g"."org_id" limit 1) go on go.deleted_at is null
where g.id = ts.group_id and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = g.org_id and m.user_id = $1 and (m.expires_at is null or m.expires_at > $2) and ((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $3)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $4, false))
and true and true and true
and (m.role = 'admin' or exists (select from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id))) limit 1) seen_group on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) r on true
left join lateral (select coalesce(ro.name, ru.name) || '/' || r.name as name
from (values (true)) one left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) ro on true
left join lateral (select * from "users" where id = "r"."user_id" limit 1) ru on true
where (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $5
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7) and ((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $8)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $9, false))
and true and true and true and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $10 and (rc.expires_at is null or rc.expires_at > $11)
and (go.id is null or (((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $12)::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $13, false))
and true and true and true))))) limit 1) seen_repo on true
where t.id = any($14::text[]) and t.user_id = $15
order by t.id, 5, 6, 4;

-- server/access/store.ts findFacts
select i.organization_creation from (select * from instance limit 1) i left join users a on false where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($4::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join sessions s on s.id = $3 and s.expires_at > $1
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' and a.id = $2 left join repositories r on r.id = $5
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and true and true
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, json_build_object('member', json_build_object('source', m.source, 'since', coalesce(m.role_since, m.joined_at), 'until', m.expires_at), 'repoGroup', (select json_agg(json_build_object('role', gr.role, 'source', gr.source, 'since', gr.added_at, 'grantedBy', gr.added_by) order by gr.role desc)
from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id), 'collaborator', (select json_build_object('since', rc.added_at, 'grantedBy', rc.added_by, 'until', rc.expires_at) from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1))) details from (select * from instance limit 1) i left join users a on a.id = $2 and a.state = 'active' left join repositories r on r.id = $3
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $3 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join organizations o on o.id = $3 left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, g.id group_id, g.name group_name, g.managed_by group_managed_by, (select max(gr.role) from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id) group_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $3 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join resource_groups g on g.org_id = o.id and g.id = $4 where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, g.id group_id, g.name group_name, g.managed_by group_managed_by, (select max(gr.role) from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id) group_role, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $3 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join resource_groups g on g.org_id = o.id and g.id = $4 left join names sn on sn.lower_name = $5 and (sn.current or sn.kept_until > $1) left join users su on su.id = sn.user_id and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, nu.id namespace_user_id, nu.name namespace_user_name from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $3 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join users nu on nu.id = n.user_id and nu.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names rn on rn.lower_name = $5 and (rn.current or rn.kept_until > $1)
left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = $4
and rr.lower_name = $6 and (rr.current or rr.kept_until > $1) left join repositories r on r.id = rr.repo_id
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join repositories r on r.id = $4
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names rn on rn.lower_name = $5 and (rn.current or rn.kept_until > $1)
left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = $4
and rr.lower_name = $6 and (rr.current or rr.kept_until > $1) left join repositories r on r.id = rr.repo_id
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join names sn on sn.lower_name = $7 and (sn.current or sn.kept_until > $1) left join users su on su.id = sn.user_id and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, o.name repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $4 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join names rn on rn.lower_name = $6 and (rn.current or rn.kept_until > $1)
left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = $5
and rr.lower_name = $7 and (rr.current or rr.kept_until > $1) left join lateral (
select * from repositories where id = rr.repo_id and org_id = o.id limit 1) r on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, r.id repo_id, r.type repo_type, r.name repo_name, o.name repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and (not mo.enforce_ip_ranges or nullif($3::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = a.id and not sm.is_external and (sm.expires_at is null or sm.expires_at > $1)))
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $4 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join names rn on rn.lower_name = $6 and (rn.current or rn.kept_until > $1)
left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = $5
and rr.lower_name = $7 and (rr.current or rr.kept_until > $1) left join lateral (
select * from repositories where id = rr.repo_id and org_id = o.id limit 1) r on true left join names sn on sn.lower_name = $8 and (sn.current or sn.kept_until > $1) left join users su on su.id = sn.user_id and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, (o.sso_mode = 'enforced' and not m.is_external and (m.expires_at is null or m.expires_at > $1)
and not exists (select from sso_sessions sso where sso.org_id = o.id and sso.user_id = a.id and sso.session_id = s.id
and not sso.is_break_glass and sso.expires_at > $1)) lacks_sso, case when o.sso_mode = 'enforced' then (select bg.expires_at from sso_sessions bg
where bg.org_id = o.id and bg.user_id = a.id and bg.session_id = s.id and bg.is_break_glass and bg.expires_at > $1) end break_glass_until, su.id subject_id, su.name subject_name, su.fullname subject_fullname, (select sm.role from memberships sm where sm.org_id = o.id and sm.user_id = su.id and (sm.expires_at is null or sm.expires_at > $1)) subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names n on n.lower_name = $3 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true left join names sn on sn.lower_name = $4 and (sn.current or sn.kept_until > $1) left join users su on su.id = sn.user_id and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, s.id session_id, s.expires_at session_expires_at, s.rotated_at session_rotated_at,
s.last_seen_at session_last_seen_at, s.confirmed_at session_confirmed_at, s.hash <> $2 session_is_previous, su.id subject_id, su.name subject_name, su.fullname subject_fullname, null::org_role subject_role from (select * from instance limit 1) i left join lateral (
select * from sessions where hash = $2 and expires_at > $1
union all
select * from sessions where previous_hash = $2 and expires_at > $1 and rotated_at > $1::timestamptz - interval '1 minute'
limit 1) s on true
left join lateral (select * from "users" where id = "s"."user_id" limit 1) a on a.state = 'active' left join names sn on sn.lower_name = $3 and (sn.current or sn.kept_until > $1) left join users su on su.id = sn.user_id and su.state <> 'deleted' where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed from (select * from instance limit 1) i left join users a on false left join names n on n.lower_name = $2 and (n.current or n.kept_until > $1)
left join organizations o on o.id = n.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFacts
select i.organization_creation, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and true and true
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization from (select * from instance limit 1) i left join users a on false left join names rn on rn.lower_name = $3 and (rn.current or rn.kept_until > $1)
left join repository_names rr on rr.owner_id = coalesce(rn.org_id, rn.user_id) and rr.type = $2
and rr.lower_name = $4 and (rr.current or rr.kept_until > $1) left join repositories r on r.id = rr.repo_id
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFactsOfMany
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and true and true
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, json_build_object('member', json_build_object('source', m.source, 'since', coalesce(m.role_since, m.joined_at), 'until', m.expires_at), 'repoGroup', (select json_agg(json_build_object('role', gr.role, 'source', gr.source, 'since', gr.added_at, 'grantedBy', gr.added_by) order by gr.role desc)
from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id), 'collaborator', (select json_build_object('since', rc.added_at, 'grantedBy', rc.added_by, 'until', rc.expires_at) from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1))) details from (select * from instance limit 1) i join users a on a.id = any($2::text[]) and a.state = 'active' left join repositories r on r.id = $3
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/access/store.ts findFactsOfMany
select i.organization_creation, a.id actor_id, a.name actor_name, a.fullname actor_fullname, a.is_operator actor_is_operator, a.managed_by actor_managed_by,
(a.totp_enabled_at is not null or a.managed_by is not null) actor_two_factor,
exists (select from emails e where e.user_id = a.id and e.verified_at is not null) actor_email_verified, o.id org_id, o.name org_name, o.fullname org_fullname, o.details org_details, o.website org_website,
o.plan org_plan, o.is_verified org_is_verified, o.created_at org_created_at, o.deleted_at org_deleted_at,
o.member_management "memberManagement", o.default_role "defaultRole", o.group_creation "groupCreation", o.allow_join_requests "allowJoinRequests", o.user_approval "userApproval", o.hide_members "hideMembers", o.notify_members "notifyMembers", o.repo_visibility "repoVisibility", o.require_2fa "require2fa", o.require_2fa_from "require2faFrom", o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", o.ip_ranges "ipRanges", o.enforce_ip_ranges "enforceIpRestriction", o.setup_checklist "setupChecklist", o.adminless_since, m.id member_id, m.role member_role, (m.expires_at is null or m.expires_at > $1) member_live,
m.probation_until member_probation_until, ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $1, false)) meets_two_factor, o.sso_mode, o.managed_since is not null org_is_managed, r.id repo_id, r.type repo_type, r.name repo_name, coalesce(o.name, ru.name) repo_namespace,
r.private repo_private, r.creator_id repo_creator_id, coalesce(r.org_id, r.user_id) repo_owner_id, r.group_id repo_group_id,
(select max(gr.role) from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) repo_group_role, (select rc.role from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1)) repo_collaborator_role, r.gate repo_gate, r.gate_members repo_gate_members, r.gate_eu_disallowed repo_gate_eu_disallowed,
case when r.gate is not null then (select json_build_object('id', q.id, 'state', q.state, 'since', q.handled_at, 'until', q.expires_at,
'grantedBy', (select qu.name from users qu where qu.id = q.handled_by_id))
from gate_requests q where q.repo_id = r.id and q.user_id = a.id) end repo_gate_request, case when r.gate is not null then (select json_build_object('id', gg.id, 'since', gg.granted_at, 'until', gg.expires_at,
'organization', (select go.name from organizations go where go.id = gg.org_id),
'grantedBy', (select gu.name from users gu where gu.id = gg.granted_by_id))
from gate_organizations gg where gg.repo_id = r.id and (gg.expires_at is null or gg.expires_at > $1)
and exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = gg.org_id and m.user_id = a.id and (m.expires_at is null or m.expires_at > $1) and ((a.totp_enabled_at is not null or a.managed_by is not null)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $1, false))
and true and true and true
and mo.deleted_at is null and (gg.role is null or m.role >= gg.role))
and not exists (select from rejoin_blocks b where b.org_id = r.org_id and b.user_id = a.id and b.until > $1) order by gg.id limit 1) end repo_gate_organization, json_build_object('member', json_build_object('source', m.source, 'since', coalesce(m.role_since, m.joined_at), 'until', m.expires_at), 'repoGroup', (select json_agg(json_build_object('role', gr.role, 'source', gr.source, 'since', gr.added_at, 'grantedBy', gr.added_by) order by gr.role desc)
from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id), 'collaborator', (select json_build_object('since', rc.added_at, 'grantedBy', rc.added_by, 'until', rc.expires_at) from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = a.id and (rc.expires_at is null or rc.expires_at > $1))) details from (select * from instance limit 1) i join users a on a.id = any($2::text[]) and a.state = 'active' left join repositories r on r.id = any($3::text[])
and not exists (select from organizations ro where ro.id = r.org_id and ro.deleted_at is not null)
left join users ru on ru.id = r.user_id
left join organizations o on o.id = r.org_id left join lateral (select * from memberships where org_id = o.id and user_id = a.id limit 1) m on true where $1::timestamptz is not null;

-- server/audit/export.ts exportAuditLog
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/audit/outbox.ts retryMail
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/audit/store.ts beginChain
insert into audit_heads (scope, seq, prev_hash, hash)
values ($1, 0, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex')) on conflict do nothing;

-- server/audit/store.ts findChainEnd
select head.seq, encode(head.prev_hash, 'hex') as "prevHash", encode(head.hash, 'hex') as hash, head.seal, coalesce(last.seq, 0)::text as last
from (select max(seq) as seq from audit_events where scope = $1) last
left join audit_heads head on head.scope = $2
where head.seq is not null or last.seq is not null;

-- server/audit/store.ts findChainRows
select seq, event, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash, id, created_at as "createdAt", type, author_name as "authorName", ip, seal
from audit_events where scope = $1 and seq <= $2 order by seq limit $3;

-- server/audit/store.ts findEventsFrom
select seq, event, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash from audit_events
where scope = $1 and seq > $2 and seq <= $3 order by seq limit $4;

-- server/audit/store.ts findNewestEvents
select seq, event, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash from audit_events
where scope = $1 and type <> $2 order by seq desc limit $3;

-- server/audit/store.ts findNewestEvents
select seq, event, encode(prev_hash, 'hex') as "prevHash", encode(hash, 'hex') as hash from audit_events
where scope = $1 order by seq desc limit $2;

-- server/audit/store.ts findPresent
select id, 'user' as kind from users where id = any($1::text[]) and state <> 'deleted'
union all select id, 'token' from access_tokens where id = any($2::text[]);

-- server/audit/store.ts lockHead
/* sent along */
update memberships m set role = w.role, expires_at = w.expires_at,
role_since = case when m.role = w.role then m.role_since else $1::timestamptz end
from (select * from unnest($2::text[], $3::org_role[],
$4::timestamptz[]) limit 1) w(user_id, role, expires_at)
where m.org_id = $5 and m.user_id = w.user_id;

-- server/audit/store.ts lockHead
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/audit/store.ts lockHead
/* sent along */ insert into mails
(id, recipient, subject, body, kind, state, created_at, job, batch_id, actor_id, org_id, link_hash)
select m.id, m.recipient, m.subject, m.body::jsonb, m.kind, 'queued', $1, nullif(m.job, ''), $2,
$3, $4, decode(nullif(m.link, ''), 'hex')
from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
m(id, recipient, subject, body, kind, job, link);

-- server/audit/store.ts lockHead
/* sent along */ insert into scim_groups (id, org_id, display_name, external_id, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6);

-- server/audit/store.ts lockHead
/* sent along */ select 1 from graphile_worker.add_jobs((select array_agg(
('send_mail', json_build_object('job', key), null, null, $1::smallint, key,
$2::smallint, null)::graphile_worker.job_spec)
from unnest($3::text[]) key));

-- server/audit/store.ts lockHead
/* sent along */ with noted as (
insert into member_notices (org_id, user_id, was_role, is_removal)
select o.id, c.user_id, c.was_role, c.is_removal from organizations o, unnest($1::text[], $2::org_role[],
$3::boolean[]) c(user_id, was_role, is_removal)
where o.id = $4 and o.notify_members order by c.user_id
on conflict (org_id, user_id) do update set is_removal = excluded.is_removal
returning org_id, user_id
)
insert into group_notices (org_id, user_id, group_id, was_role)
select n.org_id, n.user_id, g.group_id, g.was_role from noted n
join unnest($5::text[], $6::text[],
$7::org_role[]) g(user_id, group_id, was_role) on g.user_id = n.user_id order by n.user_id, g.group_id
on conflict (org_id, user_id, group_id) do nothing;

-- server/audit/store.ts lockHead
select seq, prev_hash "prevHash", hash, seal from audit_heads where scope = $1 for update;

-- server/groups/auto-join-store.ts lockDoors
select from memberships where org_id = $1 and memberships.role = 'no_access' order by user_id for share;

-- server/groups/auto-join-store.ts lockDoors
select from organizations where id = $1 for update;

-- server/groups/auto-join-store.ts setAutoJoin
update resource_groups set auto_join_role = $1, auto_join_scope = $2
where id = $3;

-- server/groups/repositories-store.ts lockRepo
select r.id, r.type, r.name, r.private, r.group_id, g.name as group_name, r.group_added_by
from repositories r left join resource_groups g on g.id = r.group_id where r.id = $1 for no key update of r;

-- server/groups/repositories-store.ts setGroupOfRepos
update repositories set group_id = $1, group_added_by = $2
where id = any($3::text[]);

-- server/groups/store.ts countGroupUsers
select ((select gs.people from group_sizes gs where gs.group_id = g.id) - (
select count(*)::int from memberships em where em.org_id = g.org_id and em.expires_at <= $1
and (select true from group_roles er where er.group_id = g.id and er.user_id = em.user_id limit 1))) as count
from resource_groups g where g.id = $2;

-- server/groups/store.ts deleteGroupRow
delete from resource_groups where id = $1;

-- server/groups/store.ts deleteGroupRow
update repositories set group_id = null, group_added_by = null where group_id = $1;

-- server/groups/store.ts findAskedPeople
select w.asked, u.id as user_id, u.name
from unnest($1::text[], $2::text[]) with ordinality w(asked, lower_name, position)
left join names n on n.lower_name = w.lower_name
left join users u on u.id = n.user_id and u.state <> 'deleted'
order by w.position;

-- server/groups/store.ts findBecomingVisible
select count(*)::int as count from memberships m
where m.org_id = $1 and m.role >= 'read' and not m.role = 'admin' and (m.expires_at is null or m.expires_at > $2)
and not exists (select from group_roles gr where gr.group_id = $3 and gr.user_id = m.user_id);

-- server/groups/store.ts findBecomingVisible
select r.type, o.name || '/' || r.name as name, (count(*) over ())::int as total
from repositories r join organizations o on o.id = r.org_id
where r.group_id = $1 and r.private order by r.type, lower(r.name) limit $2;

-- server/groups/store.ts findGroup
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/groups/store.ts findGroup
select g.id, g.name, g.description, g.auto_join_role, g.auto_join_scope, g.spend_limits, o.name as org_name,
(select coalesce(json_agg(json_build_array(u.id, u.fullname, u.name, x.role, x.added_by) order by x.added_at, u.id), '[]')
from (select distinct on (gr.user_id) gr.user_id, gr.role, gr.added_at, gr.added_by
from group_roles gr where gr.group_id = g.id order by gr.user_id, gr.role desc) x
join users u on u.id = x.user_id and u.state <> 'deleted'
where not exists (select from memberships m where m.expires_at <= $2 and m.org_id = g.org_id and m.user_id = x.user_id)) as people,
(select coalesce(json_agg(json_build_array(r.type, r.name, r.group_added_by, r.private) order by r.type, lower(r.name)), '[]')
from repositories r where r.group_id = g.id) as repositories
from resource_groups g join organizations o on o.id = g.org_id where g.id = $1;

-- server/groups/store.ts findGroupByReference
select "id", "name" from "resource_groups" where "org_id" = $1 and "id" = $2;

-- server/groups/store.ts insertGroup
insert into "resource_groups" ("id", "org_id", "name", "description", "created_by", "created_at") values ($1, $2, $3, $4, $5, $6);

-- server/groups/store.ts listGroupRows
select g.id, g.name, g.description, g.auto_join_role, g.auto_join_scope, g.spend_limits, o.name as org_name,
(select coalesce(json_agg(json_build_array(u.id, u.fullname, u.name, x.role, x.added_by) order by x.added_at, u.id), '[]')
from (select distinct on (gr.user_id) gr.user_id, gr.role, gr.added_at, gr.added_by
from group_roles gr where gr.group_id = g.id order by gr.user_id, gr.role desc) x
join users u on u.id = x.user_id and u.state <> 'deleted'
where not exists (select from memberships m where m.expires_at <= $1 and m.org_id = g.org_id and m.user_id = x.user_id)) as people,
(select coalesce(json_agg(json_build_array(r.type, r.name, r.group_added_by, r.private) order by r.type, lower(r.name)), '[]')
from repositories r where r.group_id = g.id) as repositories
from resource_groups g join organizations o on o.id = g.org_id
where g.org_id = $2
and ($3::boolean or exists (select from group_roles s where s.group_id = g.id and s.user_id = $4))
order by lower(g.name);

-- server/groups/store.ts listSummaryRows
select g.id, g.name, g.description, g.auto_join_role, g.auto_join_scope, g.managed_by, own.role,
((select gs.people from group_sizes gs where gs.group_id = g.id) - (
select count(*)::int from memberships em where em.org_id = g.org_id and em.expires_at <= $1
and (select true from group_roles er where er.group_id = g.id and er.user_id = em.user_id limit 1))) as num_users, held.num_repos, held.storage
from resource_groups g
left join lateral (select count(*)::int as num_repos, coalesce(sum(r.git_bytes + r.lfs_bytes), 0) as storage
from repositories r where r.group_id = g.id) held on true
left join lateral (select max(s.role) as role from group_roles s where s.group_id = g.id and s.user_id = $2) own on true
where g.org_id = $3 and ($4::boolean or own.role is not null)
order by lower(g.name);

-- server/groups/store.ts lockGroup
select * from "resource_groups" where "id" = $1 for no key update;

-- server/groups/store.ts updateGroupRow
update resource_groups set name = $1, description = $2,
spend_limits = $3::jsonb where id = $4;

-- server/http/send.ts sendOnce
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/http/store.ts deleteOldKeys
delete from idempotency_keys where created_at < $1 and process is null;

-- server/http/store.ts findVitals
select current_setting('server_version') as version, pg_database_size(current_database()) as size_bytes,
(select count(*)::int from users where state <> 'deleted' and state <> 'service') as people,
(select count(*)::int from organizations where deleted_at is null) as organizations,
(select count(*)::int from repositories) as repositories,
(select count(*)::int from organizations where adminless_since is not null and deleted_at is null) as adminless;

-- server/jobs/store.ts countJobs
select
count(*) filter (where attempts < max_attempts)::int as waiting,
count(*) filter (where attempts >= max_attempts)::int as failed from graphile_worker._private_jobs;

-- server/joining/bulk/bulk-store.ts findBatch
select b.id, b.created_at "createdAt", u.name "createdBy", b.total, m.waiting, m.sent, m.kept, m.failed
from invitation_batches b left join users u on u.id = b.created_by and u.state <> 'deleted',
lateral (select count(*) filter (where state = 'queued')::int waiting,
count(*) filter (where state = 'sent')::int sent, count(*) filter (where state = 'kept')::int kept,
count(*) filter (where state = 'failed')::int failed from mails where batch_id = b.id) m
where b.org_id = $1 and b.id = $2;

-- server/joining/bulk/bulk-store.ts findMembersInDomains
select lower(e.address) address from emails e
join organization_domains d on d.org_id = $1 and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
join memberships m on m.org_id = $2 and m.user_id = e.user_id and (m.expires_at is null or m.expires_at > $3)
where lower(e.address) = any($4::text[]) and e.verified_at is not null;

-- server/joining/bulk/bulk-store.ts insertBatch
insert into invitation_batches (id, org_id, created_by, created_at, total)
values ($1, $2, $3, $4, $5);

-- server/joining/bulk/bulk-store.ts lockBulkInvitations
select pg_advisory_xact_lock(hashtextextended($1, 0));

-- server/joining/bulk/bulk-store.ts lockInvitees
select n.lower_name asked, u.id, u.name, exists (select from memberships m where m.org_id = $1
and m.user_id = u.id and (m.expires_at is null or m.expires_at > $2)) "isMember"
from names n join users u on u.id = n.user_id and u.state = 'active'
where n.lower_name = any($3::text[]) order by u.id for key share of u;

-- server/joining/bulk/imports-store.ts deleteBeyond
delete from imports where org_id = $1
and id <= (select id from imports where org_id = $2 order by id desc offset $3 limit 1);

-- server/joining/bulk/imports-store.ts deleteImportsBefore
delete from imports where created_at <= $1;

-- server/joining/bulk/imports-store.ts findImport
select i.id, i.kind, i.created_at "createdAt", u.name "createdBy", i.changed, i.invited, i.removed, i.revoked, i.undo from imports i left join users u on u.id = i.created_by and u.state <> 'deleted'
where i.org_id = $1 and i.id = $2 and i.created_at > $3;

-- server/joining/bulk/imports-store.ts insertImport
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/bulk/imports-store.ts insertImport
insert into imports (id, org_id, kind, created_by, created_at, changed, invited, removed, revoked, undo)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- server/joining/bulk/imports-store.ts listImportRows
select i.id, i.kind, i.created_at "createdAt", u.name "createdBy", i.changed, i.invited, i.removed, i.revoked from imports i left join users u on u.id = i.created_by and u.state <> 'deleted'
where i.org_id = $1 and i.created_at > $2 and ($3::text is null or i.id < $4)
order by i.id desc limit $5;

-- server/joining/bulk/invite-many-store.ts findRecipients
select lower(e.address) address, m.id is not null member
from emails e left join memberships m
on m.org_id = $1 and m.user_id = e.user_id and (m.expires_at is null or m.expires_at > $2)
where lower(e.address) = any($3::text[]) and e.verified_at is not null;

-- server/joining/bulk/invite-many-store.ts putOfKind
insert into invitations as i (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by,
created_at, sent_at, expires_at)
select w.id, $1, w.user_id, w.address, w.role, $2, $3, w.hash, $4, $5, $6, $7
from unnest($8::text[],
$9::text[], $10::text[],
$11::org_role[], $12::bytea[]) w(id, user_id, address, role, hash)
order by w.user_id, lower(w.address)
on conflict (org_id, lower(address)) where state = 'pending' and address is not null do update set role = excluded.role, message = excluded.message,
lifetime_days = excluded.lifetime_days, hash = excluded.hash, invited_by = excluded.invited_by,
sent_at = excluded.sent_at, expires_at = excluded.expires_at
returning coalesce(i.user_id, lower(i.address)) key, i.id;

-- server/joining/bulk/invite-many-store.ts setGroupsOfMany
delete from invitation_groups where invitation_id = any($1::text[]);

-- server/joining/bulk/members-bulk-store.ts findPending
select i.id, i.user_id "userId", i.address, i.role, i.sent_at "sentAt", i.expires_at "expiresAt",
(select name from users u where u.id = i.invited_by) inviter,
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $1)) "inviterRole",
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups
from invitations i where i.org_id = $2 and i.state = 'pending' and i.expires_at > $3
and (i.user_id = any($4::text[]) or lower(i.address) = any($5::text[]));

-- server/joining/entrance/entrance-store.ts findAdminAddresses
select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
where m.org_id = $1 and m.role = 'admin' and (m.expires_at is null or m.expires_at > $2) order by m.id;

-- server/joining/entrance/entrance-store.ts isMember
select from memberships where org_id = $1 and user_id = $2
and (memberships.expires_at is null or memberships.expires_at > $3);

-- server/joining/entrance/invitations-store.ts adoptInvitation
update invitations set scim_user_id = $1 where id = (
select i.id from invitations i where i.org_id = $2 and i.state = 'pending' and i.expires_at > $3
and (i.user_id = $4 or lower(i.address) in
(select lower(e.address) from emails e where e.user_id = $5 and e.verified_at is not null))
order by i.user_id nulls last, i.id limit 1 for update)
returning id;

-- server/joining/entrance/invitations-store.ts endInvitation
update invitations set state = $1, ended_at = $2, accepted_by = $3 where id = $4;

-- server/joining/entrance/invitations-store.ts findAccountNamed
select u.id, u.name from names n join users u on u.id = n.user_id and u.state = 'active'
where n.lower_name = $1;

-- server/joining/entrance/invitations-store.ts findExpiredInvitations
select id from invitations where state = 'pending' and expires_at <= $1 order by expires_at limit $2;

-- server/joining/entrance/invitations-store.ts findInvitation
select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $1 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $2)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at from invitations i where i.org_id = $3 and i.id = $4;

-- server/joining/entrance/invitations-store.ts findLiveInvitations
select hash from invitations
where hash = any($1::bytea[]) and state = 'pending' and expires_at > $2;

-- server/joining/entrance/invitations-store.ts listInvitationRows
select * from (select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $1 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $2)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at from invitations i where i.org_id = $3) listed
where ($4::text is null or state::text = $5)
and ($6::text is null or id < $7)
and ($8::text is null or lower(coalesce(address, "user"->>'user')) like $9)
order by id desc limit $10;

-- server/joining/entrance/invitations-store.ts lockInvitation
select from invitations where org_id = $1 and id = $2 for update;

-- server/joining/entrance/invitations-store.ts putInvitation
insert into invitations as i (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by, scim_user_id, created_at, sent_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7,
$8, $9, $10, $11, $12, $13)
on conflict (org_id, user_id) where state = 'pending' and user_id is not null do update set role = excluded.role, message = excluded.message, lifetime_days = excluded.lifetime_days,
hash = excluded.hash, invited_by = excluded.invited_by, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
scim_user_id = coalesce(excluded.scim_user_id, i.scim_user_id)
returning id, exists (select from invitations b where b.id = i.id and b.expires_at <= $14) "hadExpired";

-- server/joining/entrance/invitations-store.ts renewInvitation
update invitations set state = 'pending', hash = $1, invited_by = $2, sent_at = $3,
expires_at = $4, ended_at = null where id = $5;

-- server/joining/entrance/invitations-store.ts revokeProvisioned
update invitations set state = 'revoked', ended_at = $1
where scim_user_id = $2 and state = 'pending' returning id;

-- server/joining/entrance/invitations-store.ts setInvitationGroups
delete from invitation_groups where invitation_id = $1;

-- server/joining/entrance/invitations-store.ts setInvitationGroups
insert into invitation_groups (invitation_id, group_id, role)
select $1, g.id, g.role::org_role
from unnest($2::text[], $3::text[]) g(id, role);

-- server/joining/entrance/links-store.ts endLink
update invite_links set revoked_at = $1 where id = $2;

-- server/joining/entrance/links-store.ts findLink
select l.id, l.org_id, l.label, l.role, l.last4, l.email_domain, l.max_uses, l.uses, l.lifetime_days, l.created_by,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = l.created_by) creator,
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = l.org_id and m.user_id = l.created_by and (m.expires_at is null or m.expires_at > $1)) creator_role,
l.created_at, l.expires_at, l.revoked_at,
json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org, o.sso_mode,
l.email_domain is null or exists (select from emails e where e.user_id = $2 and e.verified_at is not null
and lower(split_part(e.address, '@', 2)) = l.email_domain) has_domain,
exists (select from memberships m where m.org_id = l.org_id and m.user_id = $3
and (m.expires_at is null or m.expires_at > $4)) is_member
from invite_links l join organizations o on o.id = l.org_id where l.hash = $5 and o.deleted_at is null;

-- server/joining/entrance/links-store.ts insertLink
insert into invite_links (id, org_id, label, role, hash, last4, email_domain, max_uses, lifetime_days, created_by, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8,
$9, $10, $11, $12);

-- server/joining/entrance/links-store.ts listLinkRows
select l.id, l.org_id, l.label, l.role, l.last4, l.email_domain, l.max_uses, l.uses, l.lifetime_days, l.created_by,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = l.created_by) creator,
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = l.org_id and m.user_id = l.created_by and (m.expires_at is null or m.expires_at > $1)) creator_role,
l.created_at, l.expires_at, l.revoked_at from invite_links l
where l.org_id = $2 and ($3::text is null or l.id < $4)
order by l.id desc limit $5;

-- server/joining/entrance/links-store.ts lockLink
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/entrance/links-store.ts lockLink
select l.id, l.org_id, l.label, l.role, l.last4, l.email_domain, l.max_uses, l.uses, l.lifetime_days, l.created_by,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = l.created_by) creator,
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = l.org_id and m.user_id = l.created_by and (m.expires_at is null or m.expires_at > $1)) creator_role,
l.created_at, l.expires_at, l.revoked_at from invite_links l
where l.org_id = $2 and l.id = $3 for update of l;

-- server/joining/entrance/links-store.ts renewLink
update invite_links set hash = $1, last4 = $2, created_by = $3, expires_at = $4, uses = 0
where id = $5;

-- server/joining/entrance/offers-store.ts findOffer
select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $1 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $2)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at,
json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org,
coalesce(i.user_id = $3, exists (select from emails e where e.user_id = $4 and e.verified_at is not null
and lower(e.address) = lower(i.address))) is_mine,
exists (select from emails e where e.user_id = $5 and lower(e.address) = lower(i.address)) names_address,
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $6
and (m.expires_at is null or m.expires_at > $7)) is_member
from invitations i join organizations o on o.id = i.org_id where i.hash = $8 and i.state = 'pending' and i.expires_at > $9 and o.deleted_at is null
and not coalesce((select true from offboardings f where f.org_id = i.org_id and f.user_id = $10 and f.at >= i.sent_at limit 1), false)
and not coalesce((select true from membership_ends f where f.org_id = i.org_id and f.user_id = $11 and f.at > i.sent_at), false)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $12
and m.expires_at <= $13 and m.expires_at > i.sent_at);

-- server/joining/entrance/offers-store.ts findOffer
select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $1 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $2)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at,
json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org,
coalesce(i.user_id = $3, exists (select from emails e where e.user_id = $4 and e.verified_at is not null
and lower(e.address) = lower(i.address))) is_mine,
exists (select from emails e where e.user_id = $5 and lower(e.address) = lower(i.address)) names_address,
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $6
and (m.expires_at is null or m.expires_at > $7)) is_member
from invitations i join organizations o on o.id = i.org_id where i.id = $8 and i.state = 'pending' and i.expires_at > $9 and o.deleted_at is null
and not coalesce((select true from offboardings f where f.org_id = i.org_id and f.user_id = $10 and f.at >= i.sent_at limit 1), false)
and not coalesce((select true from membership_ends f where f.org_id = i.org_id and f.user_id = $11 and f.at > i.sent_at), false)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $12
and m.expires_at <= $13 and m.expires_at > i.sent_at);

-- server/joining/entrance/offers-store.ts listOffers
select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $1 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $2)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at,
json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org,
coalesce(i.user_id = $3, exists (select from emails e where e.user_id = $4 and e.verified_at is not null
and lower(e.address) = lower(i.address))) is_mine,
exists (select from emails e where e.user_id = $5 and lower(e.address) = lower(i.address)) names_address,
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $6
and (m.expires_at is null or m.expires_at > $7)) is_member
from (
select n.* from invitations n where n.user_id = $8 and n.state = 'pending'
union all
select n.* from emails e join lateral (
select * from invitations where lower(address) = lower(e.address) and state = 'pending' offset 0) n on true
where e.user_id = $9 and e.verified_at is not null
) i join lateral (select * from "organizations" where id = "i"."org_id" limit 1) o on true where i.state = 'pending' and i.expires_at > $10 and o.deleted_at is null
and not coalesce((select true from offboardings f where f.org_id = i.org_id and f.user_id = $11 and f.at >= i.sent_at limit 1), false)
and not coalesce((select true from membership_ends f where f.org_id = i.org_id and f.user_id = $12 and f.at > i.sent_at), false)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $13
and m.expires_at <= $14 and m.expires_at > i.sent_at)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $15
and (m.expires_at is null or m.expires_at > $16))
order by i.sent_at desc limit 200;

-- server/joining/entrance/offers-store.ts lockOffer
select from invitations i where i.hash = $1 for update;

-- server/joining/entrance/offers-store.ts lockOffer
select from invitations i where i.id = $1 for update;

-- server/joining/holdings-store.ts lockInvitationsOf
select from invitations i where ("i"."org_id" = $1 and i.invited_by = $2 and i.state = 'pending' and i.expires_at > $3) or ("i"."org_id" = $4 and i.state = 'pending' and i.expires_at > $5 and (i.user_id = $6 or (
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $7
and (m.expires_at is null or m.expires_at > $8))
and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
where e.user_id = $9 and e.verified_at is not null and lower(e.address) = lower(i.address))))) order by i.id for update;

-- server/joining/holdings-store.ts lockInvitationsOf
select from invitations i where (true and i.invited_by = $1 and i.state = 'pending' and i.expires_at > $2) or (true and i.state = 'pending' and i.expires_at > $3 and (i.user_id = $4 or (
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $5
and (m.expires_at is null or m.expires_at > $6))
and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
where e.user_id = $7 and e.verified_at is not null and lower(e.address) = lower(i.address))))) order by i.id for update;

-- server/joining/holdings-store.ts lockLinksOf
select from invite_links l where "l"."org_id" = $1 and l.created_by = $2
and l.revoked_at is null and l.expires_at > $3
and (l.max_uses is null or l.uses < l.max_uses) order by l.id for update;

-- server/joining/holdings-store.ts lockLinksOf
select from invite_links l where true and l.created_by = $1
and l.revoked_at is null and l.expires_at > $2
and (l.max_uses is null or l.uses < l.max_uses) order by l.id for update;

-- server/joining/holdings-store.ts lockRequestsOf
select from join_requests j where "j"."org_id" = $1 and j.user_id = $2 and j.state = 'pending' order by j.id for update;

-- server/joining/holdings-store.ts lockRequestsOf
select from join_requests j where true and j.user_id = $1 and j.state = 'pending' order by j.id for update;

-- server/joining/holdings-store.ts revokeLinksOf
update invite_links l set revoked_at = $1 where "l"."org_id" = $2 and l.created_by = $3
and l.revoked_at is null and l.expires_at > $4
and (l.max_uses is null or l.uses < l.max_uses);

-- server/joining/holdings-store.ts revokeLinksOf
update invite_links l set revoked_at = $1 where true and l.created_by = $2
and l.revoked_at is null and l.expires_at > $3
and (l.max_uses is null or l.uses < l.max_uses);

-- server/joining/holdings-store.ts revokeReceived
update invitations i set state = 'revoked', ended_at = $1 where "i"."org_id" = $2 and i.state = 'pending' and i.expires_at > $3 and (i.user_id = $4 or (
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $5
and (m.expires_at is null or m.expires_at > $6))
and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
where e.user_id = $7 and e.verified_at is not null and lower(e.address) = lower(i.address))));

-- server/joining/holdings-store.ts revokeReceived
update invitations i set state = 'revoked', ended_at = $1 where true and i.state = 'pending' and i.expires_at > $2 and (i.user_id = $3 or (
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $4
and (m.expires_at is null or m.expires_at > $5))
and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
where e.user_id = $6 and e.verified_at is not null and lower(e.address) = lower(i.address))));

-- server/joining/holdings-store.ts revokeSent
update invitations i set state = 'revoked', ended_at = $1 where "i"."org_id" = $2 and i.invited_by = $3 and i.state = 'pending' and i.expires_at > $4;

-- server/joining/holdings-store.ts revokeSent
update invitations i set state = 'revoked', ended_at = $1 where true and i.invited_by = $2 and i.state = 'pending' and i.expires_at > $3;

-- server/joining/holdings-store.ts withdrawRequestsOf
update join_requests j set state = 'withdrawn', decided_at = $1 where "j"."org_id" = $2 and j.user_id = $3 and j.state = 'pending';

-- server/joining/holdings-store.ts withdrawRequestsOf
update join_requests j set state = 'withdrawn', decided_at = $1 where true and j.user_id = $2 and j.state = 'pending';

-- server/joining/invitations/acceptance.ts acceptMyInvitation
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/invitations/acceptance.ts acceptOffer
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/requests/asking-again-store.ts findByLink
select i.id, i.org_id "orgId", o.name org, coalesce(i.address, u.name) whom, i.state, i.expires_at <= $1 "isExpired"
from invitations i join organizations o on o.id = i.org_id and o.deleted_at is null left join users u on u.id = i.user_id
where i.hash = $2;

-- server/joining/requests/asking-again.ts tellAdmins
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/requests/requests-store.ts countRequests
select count(*)::int as count from join_requests
where org_id = $1 and user_id = $2 and created_at > $3;

-- server/joining/requests/requests-store.ts decideRequest
update join_requests set state = $1, role = $2, reason = $3, decided_by = $4, decided_at = $5
where id = $6;

-- server/joining/requests/requests-store.ts findLatestRequest
select r.id, r.user_id, json_build_object('user', u.name, 'fullname', u.fullname) "user", u.state = 'active' is_active,
r.message, r.source, r.state, r.role, r.reason, r.created_at, r.decided_at, r.decided_by,
(select json_build_object('id', l.id, 'label', l.label, 'last4', l.last4, 'role', l.role)
from invite_links l where l.id = r.link_id) link from join_requests r join users u on u.id = r.user_id
where r.org_id = $1 and r.user_id = $2 order by r.id desc limit 1;

-- server/joining/requests/requests-store.ts findRequester
select user_id from join_requests where org_id = $1 and id = $2;

-- server/joining/requests/requests-store.ts insertRequest
insert into join_requests (id, org_id, user_id, message, source, link_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing returning id;

-- server/joining/requests/requests-store.ts listRequestRows
select r.id, r.user_id, json_build_object('user', u.name, 'fullname', u.fullname) "user", u.state = 'active' is_active,
r.message, r.source, r.state, r.role, r.reason, r.created_at, r.decided_at, r.decided_by,
(select json_build_object('id', l.id, 'label', l.label, 'last4', l.last4, 'role', l.role)
from invite_links l where l.id = r.link_id) link from join_requests r join users u on u.id = r.user_id
where r.org_id = $1 and ($2::text is null or r.state::text = $3)
and ($4::text is null or r.id < $5)
order by r.id desc limit $6;

-- server/joining/requests/requests-store.ts lockRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/joining/requests/requests-store.ts lockRequest
select r.id, r.user_id, json_build_object('user', u.name, 'fullname', u.fullname) "user", u.state = 'active' is_active,
r.message, r.source, r.state, r.role, r.reason, r.created_at, r.decided_at, r.decided_by,
(select json_build_object('id', l.id, 'label', l.label, 'last4', l.last4, 'role', l.role)
from invite_links l where l.id = r.link_id) link from join_requests r join users u on u.id = r.user_id
where r.org_id = $1 and r.id = $2 for update of r;

-- server/joining/requests/requests-store.ts takesRequests
select allow_join_requests allowed from organizations where id = $1 and deleted_at is null;

-- server/joining/requests/requests-store.ts withdrawPending
update join_requests set state = 'withdrawn', decided_at = $1
where org_id = $2 and user_id = $3 and state = 'pending' returning id;

-- server/leaving/account/deletion.ts deleteAccount
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/holdings/holdings.ts listHoldings
select count(*)::int place
from successors s join successors b on b.org_id = s.org_id and b.position <= s.position
where s.org_id = $1 and s.user_id = $2 having count(*) > 0;

-- server/leaving/holdings/holdings.ts listHoldings
select g.id, g.name, r.role
from (select group_id, max(role) as role from group_roles where org_id = $1 and user_id = $2 group by group_id) r
join resource_groups g on g.id = r.group_id order by lower(g.name);

-- server/leaving/holdings/holdings.ts listHoldings
select i.id, coalesce(i.address, u.name) "to"
from invitations i left join users u on u.id = i.user_id where "i"."org_id" = $1 and i.invited_by = $2 and i.state = 'pending' and i.expires_at > $3 order by i.id;

-- server/leaving/holdings/holdings.ts listHoldings
select i.id, coalesce(i.address, u.name) "to"
from invitations i left join users u on u.id = i.user_id where "i"."org_id" = $1 and i.state = 'pending' and i.expires_at > $2 and (i.user_id = $3 or (
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $4
and (m.expires_at is null or m.expires_at > $5))
and exists (select from emails e join organization_domains d on d.org_id = i.org_id and d.state <> 'unverified'
and d.domain = lower(split_part(e.address, '@', 2))
where e.user_id = $6 and e.verified_at is not null and lower(e.address) = lower(i.address)))) order by i.id;

-- server/leaving/holdings/holdings.ts listHoldings
select id, user_name "name" from scim_users
where org_id = $1 and user_id = $2;

-- server/leaving/holdings/holdings.ts listHoldings
select j.id from join_requests j where "j"."org_id" = $1 and j.user_id = $2 and j.state = 'pending' order by j.id;

-- server/leaving/holdings/holdings.ts listHoldings
select k.id, o.name || '/' || r.name repository, k.path
from lfs_locks k join repositories r on r.id = k.repo_id join organizations o on o.id = r.org_id
where r.org_id = $1 and k.user_id = $2 order by k.id;

-- server/leaving/holdings/holdings.ts listHoldings
select l.id, l.label from invite_links l where "l"."org_id" = $1 and l.created_by = $2
and l.revoked_at is null and l.expires_at > $3
and (l.max_uses is null or l.uses < l.max_uses) order by l.id;

-- server/leaving/holdings/holdings.ts listHoldings
select o.name || '/' || r.name repository, r.type
from gate_requests q join repositories r on r.id = q.repo_id join organizations o on o.id = r.org_id
where r.org_id = $1 and q.user_id = $2 and (q.state = 'accepted' and (q.expires_at is null or q.expires_at > $3))
order by r.type, lower(r.name);

-- server/leaving/holdings/holdings.ts listHoldings
select o.name || '/' || r.name repository, r.type
from gate_requests q join repositories r on r.id = q.repo_id join organizations o on o.id = r.org_id
where r.org_id = $1 and q.user_id = $2 and q.state = 'pending'
order by r.type, lower(r.name);

-- server/leaving/holdings/holdings.ts listHoldings
select o.name || '/' || r.name repository, r.type, rc.role
from repo_collaborators rc join repositories r on r.id = rc.repo_id join organizations o on o.id = r.org_id
where r.org_id = $1 and rc.user_id = $2 and (rc.expires_at is null or rc.expires_at > $3)
order by r.type, lower(r.name);

-- server/leaving/holdings/holdings.ts listHoldings
select sa.id, u.fullname "name"
from service_accounts sa join users u on u.id = sa.id
where sa.org_id = $1 and sa.owner_id = $2 order by sa.id;

-- server/leaving/holdings/holdings.ts listHoldings
select subject, email from sso_identities where org_id = $1 and user_id = $2;

-- server/leaving/offboarding/remains-store.ts countMade
select count(*)::int count from repositories where org_id = $1 and creator_id = $2;

-- server/leaving/offboarding/remains-store.ts readSoleGroups
select g.id, g.name from resource_groups g
where g.org_id = $1 and g.managed_by = 'manual'
and exists (select from group_roles r where r.group_id = g.id and r.user_id = $2 and r.role = 'admin')
and not exists (select from group_roles r join memberships m on m.org_id = r.org_id and m.user_id = r.user_id and (m.expires_at is null or m.expires_at > $3)
join users u on u.id = r.user_id and u.state = 'active'
where r.group_id = g.id and r.user_id <> $4 and r.role = 'admin')
order by lower(g.name);

-- server/leaving/offboarding/remains-store.ts readSoleRepositories
with me as (select m.role from memberships m where m.org_id = $1 and m.user_id = $2 and (m.expires_at is null or m.expires_at > $3)),
others as (select m.user_id, m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = $4 and m.user_id <> $5 and (m.expires_at is null or m.expires_at > $6)),
mine as (
select r.id, r.type, r.name, r.group_id, r.creator_id from repositories r left join me on true
where r.org_id = $7 and (
(r.group_id is null and me.role = 'write')
or (r.creator_id = $8 and (me.role = 'admin' or (me.role = 'contributor' and r.group_id is null)))
or exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = $9 and me.role is not null
and (gr.role >= 'write' or (gr.role = 'contributor' and r.creator_id = $10)))
or exists (select from repo_collaborators rc where rc.repo_id = r.id and rc.user_id = $11 and rc.role = 'write'
and (rc.expires_at is null or rc.expires_at > $12)))
), sole as (
select r.id, r.type, r.name from mine r where not (
(r.group_id is null and exists (select from others x where x.role = 'write'))
or (r.group_id is null and exists (select from others x where x.user_id = r.creator_id and x.role = 'contributor'))
or exists (select from group_roles gr join others x on x.user_id = gr.user_id where gr.group_id = r.group_id
and (gr.role >= 'write' or (gr.role = 'contributor' and r.creator_id = gr.user_id)))
or exists (select from repo_collaborators rc join others x on x.user_id = rc.user_id
where rc.repo_id = r.id and rc.role = 'write' and (rc.expires_at is null or rc.expires_at > $13)))
)
select (select count(*)::int from sole) count, (select coalesce(json_agg(json_build_object(
'repository', o.name || '/' || s.name, 'type', s.type) order by s.type, lower(s.name)), '[]')
from (select * from sole order by type, lower(name) limit $14) s
join organizations o on o.id = $15) named;

-- server/leaving/offboarding/remains.ts getNeedsOwner
select sa.id, u.fullname "name"
from service_accounts sa join users u on u.id = sa.id
where sa.org_id = $1 and sa.owner_id = $2 order by sa.id;

-- server/leaving/offboarding/reports-store.ts deleteRejoinBlock
delete from rejoin_blocks where org_id = $1 and offboarding_id = $2
returning org_id;

-- server/leaving/offboarding/reports-store.ts findReport
select f.id, f.report, f.removed, (select t.until from rejoin_blocks t where t.offboarding_id = f.id) rejoin_blocked_until from offboardings f
where f.org_id = $1 and f.id = $2;

-- server/leaving/offboarding/reports-store.ts insertReport
insert into offboardings (id, org_id, user_id, at, removed, report)
values ($1, $2, $3, $4, $5, $6);

-- server/leaving/offboarding/reports-store.ts insertReport
insert into rejoin_blocks (org_id, user_id, offboarding_id, until) values ($1, $2, $3, $4)
on conflict (org_id, user_id) do update set offboarding_id = excluded.offboarding_id, until = excluded.until;

-- server/leaving/offboarding/reports-store.ts listReports
select f.id, f.report, f.removed, (select t.until from rejoin_blocks t where t.offboarding_id = f.id) rejoin_blocked_until from offboardings f
where f.org_id = $1 and ($2::text is null or f.id < $3)
order by f.id desc limit $4;

-- server/leaving/recovery/recovery-requests.ts openRecoveryRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/recovery-requests.ts requestRecoveryAsOperator
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/recovery-store.ts countOperators
select count(*)::int count from users where is_operator and state = 'active';

-- server/leaving/recovery/recovery-store.ts findAccountNamed
select u.id from names n join users u on u.id = n.user_id and u.state = 'active' where n.lower_name = $1;

-- server/leaving/recovery/recovery-store.ts findAdminless
select id, name from organizations where adminless_since is not null and deleted_at is null order by id;

-- server/leaving/recovery/recovery-store.ts findPersonFacts
select u.name, u.fullname, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) email, u.state = 'active' is_active, u.is_operator,
exists (select from emails e where e.user_id = u.id and e.verified_at is not null) is_verified,
(not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) has_factor,
(select m.role from memberships m where m.org_id = o.id and m.user_id = u.id and (m.expires_at is null or m.expires_at > $1)) "role"
from users u, organizations o where u.id = $2 and o.id = $3;

-- server/leaving/recovery/recovery-store.ts findProvableDomains
select d.domain from organization_domains d
where d.org_id = $1 and d.state = 'verified' and d.verified_at < $2
and exists (select from emails e where e.user_id = $3 and e.verified_at is not null
and lower(split_part(e.address, '@', 2)) = d.domain)
order by d.domain;

-- server/leaving/recovery/recovery-store.ts findQuorum
select count(*) filter (where not m.role = 'admin')::int pool,
coalesce(json_agg(u.name order by v.at) filter (where v.confirmed_by_id is not null), '[]') confirmed
from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
left join recovery_confirmations v on v.recovery_request_id = $1 and v.confirmed_by_id = m.user_id
where m.org_id = $2 and m.user_id <> $3 and m.role = any($4::org_role[]) and u.state = 'active' and (m.expires_at is null or m.expires_at > $5) and ((u.totp_enabled_at is not null or u.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $6, false))
and coalesce(m.role_since, m.joined_at) <= $7;

-- server/leaving/recovery/recovery-store.ts findSeen
select o.adminless_since, o.deleted_at, a.alive_at, a.seen_at, coalesce(a.has_living_admin, false) has_living_admin
from organizations o left join lateral (
select max(greatest(m.joined_at, greatest((select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = m.org_id and a.user_id = m.user_id),
(select max(s.last_seen_at) from sessions s where s.user_id = u.id), (select max(t.last_used_at) from access_tokens t where t.user_id = u.id)))) filter (where u.state = 'active' and (m.expires_at is null or m.expires_at > $1)) alive_at, max(greatest((select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = m.org_id and a.user_id = m.user_id),
(select max(s.last_seen_at) from sessions s where s.user_id = u.id), (select max(t.last_used_at) from access_tokens t where t.user_id = u.id))) seen_at,
bool_or(u.state = 'active' and (m.expires_at is null or m.expires_at > $2) and m.user_id <> $3) has_living_admin
from memberships m join users u on u.id = m.user_id where m.org_id = o.id and m.role = 'admin'
) a on true
where o.id = $4;

-- server/leaving/recovery/recovery-store.ts listApprovals
select v.confirmed_by_id id, v.name, u.id is not null has_account, coalesce(u.operator_since, u.created_at) operator_since
from recovery_confirmations v
left join users u on u.id = v.confirmed_by_id and u.state = 'active' and u.is_operator
where v.recovery_request_id = $1 and (u.id is not null or v.confirmed_by_id = $2) order by v.at;

-- server/leaving/recovery/recovery-store.ts lockPerson
select from memberships where org_id = $1 and user_id = $2 for no key update;

-- server/leaving/recovery/recovery-store.ts lockPerson
select from users where id = $1 for no key update;

-- server/leaving/recovery/request-steps.ts approveRecoveryRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-steps.ts checkProof
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-steps.ts confirmRecoveryRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-steps.ts vetoRecoveryRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-steps.ts withdrawAsOperator
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-steps.ts withdrawRecoveryRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/leaving/recovery/request-store.ts countRecent
select count(*)::int opened, (count(*) filter (where state = 'vetoed'))::int vetoed from recovery_requests
where org_id = $1 and person_id = $2 and opened_by_id = $3 and created_at > $4;

-- server/leaving/recovery/request-store.ts endRecoveryRequest
update recovery_requests set state = $1, effective_at = null, ended_at = $2, ended_by = $3, note = $4
where id = $5;

-- server/leaving/recovery/request-store.ts findLivingRecoveryRequests
select p.id from recovery_requests p where p.state in ('open', 'waiting') order by p.id;

-- server/leaving/recovery/request-store.ts findRecoveryRequest
/* sent along */ select 1 from graphile_worker.add_jobs((select array_agg(
('send_mail', json_build_object('job', key), null, null, $1::smallint, key,
$2::smallint, null)::graphile_worker.job_spec)
from unnest($3::text[]) key));

-- server/leaving/recovery/request-store.ts findRecoveryRequest
select p.id, p.org_id, o.name organization, p.person_id, u.name person_name, u.fullname person_fullname, p.path, p.state, p.reason, p.opened_by, p.opened_by_id, p.domain,
p.lost_at, p.proof_found, p.proof_checked_at, p.proof_problem, p.approvals_needed, p.cool_down_days, p.waiting_since,
p.halfway_told_at, p.effective_at, p.created_at, p.ended_at, p.ended_by, p.note,
coalesce((select json_agg(json_build_object('id', v.confirmed_by_id, 'name', v.name, 'at', v.at) order by v.at)
from recovery_confirmations v where v.recovery_request_id = p.id), '[]') confirmations from recovery_requests p join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on true join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true
where p.id = $1 and ($2::text is null or p.org_id = $3);

-- server/leaving/recovery/request-store.ts insertConfirmation
insert into recovery_confirmations (recovery_request_id, confirmed_by_id, name, at) values ($1, $2, $3, $4)
on conflict (recovery_request_id, confirmed_by_id) do nothing returning confirmed_by_id;

-- server/leaving/recovery/request-store.ts insertRecoveryRequest
insert into recovery_requests (id, org_id, person_id, path, reason, opened_by, opened_by_id, domain, lost_at, approvals_needed, created_at)
values ($1, $2, $3, $4, $5, $6, $7,
$8, $9, $10, $11)
on conflict (org_id, person_id) where state in ('open', 'waiting') do nothing returning id;

-- server/leaving/recovery/request-store.ts listRecoveryRequests
select p.id, p.org_id, o.name organization, p.person_id, u.name person_name, u.fullname person_fullname, p.path, p.state, p.reason, p.opened_by, p.opened_by_id, p.domain,
p.lost_at, p.proof_found, p.proof_checked_at, p.proof_problem, p.approvals_needed, p.cool_down_days, p.waiting_since,
p.halfway_told_at, p.effective_at, p.created_at, p.ended_at, p.ended_by, p.note,
coalesce((select json_agg(json_build_object('id', v.confirmed_by_id, 'name', v.name, 'at', v.at) order by v.at)
from recovery_confirmations v where v.recovery_request_id = p.id), '[]') confirmations from recovery_requests p join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on true join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true
where p.org_id = $1 and true
order by p.id desc limit $2;

-- server/leaving/recovery/request-store.ts listRecoveryRequests
select p.id, p.org_id, o.name organization, p.person_id, u.name person_name, u.fullname person_fullname, p.path, p.state, p.reason, p.opened_by, p.opened_by_id, p.domain,
p.lost_at, p.proof_found, p.proof_checked_at, p.proof_problem, p.approvals_needed, p.cool_down_days, p.waiting_since,
p.halfway_told_at, p.effective_at, p.created_at, p.ended_at, p.ended_by, p.note,
coalesce((select json_agg(json_build_object('id', v.confirmed_by_id, 'name', v.name, 'at', v.at) order by v.at)
from recovery_confirmations v where v.recovery_request_id = p.id), '[]') confirmations from recovery_requests p join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on true join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true
where true and true
order by p.id desc limit $1;

-- server/leaving/recovery/request-store.ts lockRecoveryRequest
select from recovery_requests where id = $1 for update;

-- server/leaving/recovery/request-store.ts setProof
update recovery_requests set proof_found = $1, proof_checked_at = $2, proof_problem = $3 where id = $4;

-- server/mail/budget-store.ts countMailsSent
select 'one' as of, a.kind as key, (select count(*) from mails m where m.actor_id = $1::text
and m.created_at > a.since and m.job is null and a.kind in ('', m.kind))::int as count
from unnest($2::text[], $3::text[]::timestamptz[]) a(kind, since)
union all
select 'organization', '', (select count(*) from mails
where org_id = $4::text and created_at > $5::timestamptz)::int
union all
select 'address', a.kind || ' ' || a.recipient || ' ' || a.subject, (select count(*) from mails
where lower(recipient) = a.recipient and kind = a.kind and created_at > a.since
and (a.subject = '' or subject = a.subject))::int
from unnest($6::text[], $7::text[], $8::text[], $9::text[]::timestamptz[])
a(recipient, kind, subject, since);

-- server/mail/budget-store.ts lockSender
select from (select pg_advisory_xact_lock(hashtextextended($1::text, 0))) locked;

-- server/mail/store.ts addSendJob
/* sent along */ insert into mails
(id, recipient, subject, body, kind, state, created_at, job, batch_id, actor_id, org_id, link_hash)
select m.id, m.recipient, m.subject, m.body::jsonb, m.kind, 'queued', $1, nullif(m.job, ''), $2,
$3, $4, decode(nullif(m.link, ''), 'hex')
from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
m(id, recipient, subject, body, kind, job, link);

-- server/mail/store.ts addSendJob
select 1 from graphile_worker.add_job('send_mail', json_build_object('id', $1::text),
job_key => $2::text, max_attempts => $3::int);

-- server/mail/store.ts countMails
select count(*) filter (where state = 'queued')::int as queued,
count(*) filter (where state = 'failed')::int as failed from mails where state in ('queued', 'failed');

-- server/mail/store.ts findLinkHashes
select distinct link_hash as hash from mails
where link_hash > $1 and state in ('kept', 'failed') order by link_hash limit $2;

-- server/mail/store.ts findMail
select id, recipient as "to", subject, body, state,
created_at as "createdAt", sent_at as "sentAt", error from mails where id = $1;

-- server/mail/store.ts insertMails
insert into mails
(id, recipient, subject, body, kind, state, created_at, job, batch_id, actor_id, org_id, link_hash)
select m.id, m.recipient, m.subject, m.body::jsonb, m.kind, 'queued', $1, nullif(m.job, ''), $2,
$3, $4, decode(nullif(m.link, ''), 'hex')
from unnest($5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[])
m(id, recipient, subject, body, kind, job, link);

-- server/mail/store.ts listMails
select id, recipient as "to", subject, body, state,
created_at as "createdAt", sent_at as "sentAt", error from mails
where id < $1 and (lower(recipient) like $2 or lower(subject) like $3)
order by id desc limit $4;

-- server/mail/store.ts requeue
update mails set state = 'queued', error = null, job = null
where id = $1 and state in ('failed', 'kept');

-- server/managed/conversion-store.ts countOwnBreakGlass
select count(*)::int n from sso_break_glass_admins b
join users u on u.id = b.user_id where b.org_id = $1 and u.managed_by is null and u.state = 'active';

-- server/managed/conversion-store.ts findManaged
select managed_since since,
(select count(*)::int from users u where u.managed_by = $1 and u.state <> 'deleted' and u.ends_at is null) accounts
from organizations where id = $2;

-- server/managed/conversion-store.ts listPeople
select u.id, u.name "user", u.fullname, case when split_part(lower(pe.address), '@', 2) = any($1::text[]) then pe.address end email,
m.role, coalesce(u.managed_by = $2, false) "isManaged", u.ends_at is not null "isEnding",
case
when u.managed_by = $3 then null
when m.is_external then 'external'
when ((select true from sso_break_glass_admins b where b.org_id = m.org_id and b.user_id = m.user_id limit 1) is not null) then 'break_glass'
when u.is_operator then 'operator'
when ((select true from memberships om where om.user_id = u.id and om.org_id <> $4 limit 1) is not null) then 'other_organization'
when ((select true from repositories r where r.user_id = u.id limit 1) is not null) then 'repositories'
when ((select true from repo_collaborators rc join repositories r on r.id = rc.repo_id
where rc.user_id = u.id and r.org_id is distinct from $5 limit 1) is not null) then 'collaborator'
when not ((select true from emails e where e.user_id = u.id and e.verified_at is not null and e.is_primary limit 1) is not null)
or ((select true from emails e where e.user_id = u.id and e.verified_at is not null and not split_part(lower(e.address), '@', 2) = any($6::text[]) limit 1) is not null)
then 'address' end reason
from users u left join memberships m on m.org_id = $7 and m.user_id = u.id and (m.expires_at is null or m.expires_at > $8)
left join emails pe on pe.user_id = u.id and pe.is_primary
where u.state <> 'deleted' and u.id in (select mm.user_id from memberships mm where mm.org_id = $9
union select mu.id from users mu where mu.managed_by = $10)
and (m.user_id is not null or u.managed_by = $11)
order by u.name collate "C";

-- server/managed/conversion-store.ts setManaged
update organizations set managed_since = null where id = $1;

-- server/members/activity/activity-store.ts countIdle
select seen.all + unseen.all members, unseen.all never, seen.idle30 + unseen.idle30 idle30,
seen.idle60 + unseen.idle60 idle60, seen.idle90 + unseen.idle90 idle90
from (
select count(*)::int "all", (count(*) filter (where a.last_at < $1))::int idle30,
(count(*) filter (where a.last_at < $2))::int idle60, (count(*) filter (where a.last_at < $3))::int idle90
from member_activity a where a.org_id = $4 and a.last_at > '-infinity' and a.user_id not in (select user_id from memberships where org_id = $5 and memberships.expires_at <= $6)
) seen cross join (
select count(*)::int "all", (count(*) filter (where a.joined_at < $7))::int idle30,
(count(*) filter (where a.joined_at < $8))::int idle60, (count(*) filter (where a.joined_at < $9))::int idle90
from member_activity a where a.org_id = $10 and a.last_at = '-infinity' and a.user_id not in (select user_id from memberships where org_id = $11 and memberships.expires_at <= $12)
) unseen;

-- server/members/activity/activity-store.ts deleteWeeksBefore
delete from activity_weeks where week < $1::date;

-- server/members/activity/activity-store.ts inOrder
select m.user_id id, u.name "user", u.fullname, m.role, m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastAt",
a.web_at "webAt", a.api_at "apiAt", a.git_at "gitAt", a.sso_at "ssoAt" from member_activity a join lateral (select * from memberships where org_id = "a"."org_id" and user_id = "a"."user_id" limit 1) m on true
join users u on u.id = a.user_id
where a.org_id = $1 and (a.last_at, a.user_id) > (coalesce($2::timestamptz, '-infinity'), $3) and (m.expires_at is null or m.expires_at > $4) order by a.last_at, a.user_id limit $5;

-- server/members/activity/activity-store.ts inOrder
select m.user_id id, u.name "user", u.fullname, m.role, m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastAt",
a.web_at "webAt", a.api_at "apiAt", a.git_at "gitAt", a.sso_at "ssoAt" from member_activity a join lateral (select * from memberships where org_id = "a"."org_id" and user_id = "a"."user_id" limit 1) m on true
join users u on u.id = a.user_id
where a.org_id = $1 and (a.last_at, a.user_id) > (coalesce($2::timestamptz, '-infinity'), $3) and a.last_at < $4 and (m.expires_at is null or m.expires_at > $5) and (a.last_at > '-infinity' or a.joined_at < $6) order by a.last_at, a.user_id limit $7;

-- server/members/activity/activity-store.ts listWeeks
select to_char(week, 'YYYY-MM-DD') week, active from activity_weeks
where org_id = $1 and week >= $2::date order by week;

-- server/members/activity/presence-store.ts writeSightings
with seen as (
select m.org_id, m.user_id, max(s.at) last_at,
max(s.at) filter (where s.door = 'web') web_at, max(s.at) filter (where s.door = 'api') api_at,
max(s.at) filter (where s.door = 'git') git_at, max(s.at) filter (where s.door = 'sso') sso_at
from unnest($1::text[], $2::text[],
$3::text[], $4::timestamptz[]) given(org_id, user_id, door, at)
join memberships m on m.org_id = given.org_id and m.user_id = given.user_id
cross join lateral (select given.door, greatest(given.at, m.joined_at) at) s
group by m.org_id, m.user_id
), held as materialized (
select a.org_id, a.user_id, a.last_at from member_activity a join seen s on s.org_id = a.org_id and s.user_id = a.user_id
order by a.org_id, a.user_id for no key update of a skip locked
), written as (
update member_activity a set web_at = greatest(a.web_at, s.web_at), api_at = greatest(a.api_at, s.api_at),
git_at = greatest(a.git_at, s.git_at), sso_at = greatest(a.sso_at, s.sso_at)
from held h join seen s on s.org_id = h.org_id and s.user_id = h.user_id
where a.org_id = h.org_id and a.user_id = h.user_id
and (greatest(a.web_at, s.web_at), greatest(a.api_at, s.api_at), greatest(a.git_at, s.git_at), greatest(a.sso_at, s.sso_at))
is distinct from (a.web_at, a.api_at, a.git_at, a.sso_at)
), counted as (
insert into activity_weeks as w (org_id, week, active)
select h.org_id, date_trunc('week', s.last_at)::date, count(*)
from held h join seen s on s.org_id = h.org_id and s.user_id = h.user_id
where h.last_at < date_trunc('week', s.last_at) group by 1, 2 order by 1, 2
on conflict (org_id, week) do update set active = w.active + excluded.active
)
select org_id "orgId", user_id "userId" from held;

-- server/members/bulk/bulk-store.ts countOfOrg
select (select count(*)::int from memberships where org_id = $1 and (memberships.expires_at is null or memberships.expires_at > $2)) members,
(select count(*)::int from repositories where org_id = $3 and private and group_id is null) ungrouped;

-- server/members/bulk/bulk-store.ts findAccountsNamed
select n.lower_name asked, u.id, u.name, u.state = 'active' "isActive" from names n join users u on u.id = n.user_id and u.state <> 'deleted'
where n.lower_name = any($1::text[]);

-- server/members/bulk/bulk-store.ts findOrgGroups
select id, name, managed_by "managedBy", auto_join_role "autoJoinRole", auto_join_scope "autoJoinScope"
from resource_groups where org_id = $1 order by lower(name);

-- server/members/end-notices-store.ts claimEndings
with claimed as (
insert into membership_end_notices as n (org_id, user_id, ends_at, days)
select m.org_id, m.user_id, m.expires_at, case when m.expires_at <= $1 then 0 when m.expires_at <= $2 then 3 else 14 end from memberships m join organizations mo on mo.id = m.org_id and mo.deleted_at is null
where m.expires_at <= $3 and (m.expires_at is null or m.expires_at > $4)
and not exists (select from membership_end_notices t where t.org_id = m.org_id and t.user_id = m.user_id
and t.ends_at = m.expires_at and t.days <= case when m.expires_at <= $5 then 0 when m.expires_at <= $6 then 3 else 14 end)
order by m.org_id, m.user_id limit $7
on conflict (org_id, user_id) do update set ends_at = excluded.ends_at, days = excluded.days
where n.ends_at <> excluded.ends_at or n.days > excluded.days
returning org_id, user_id, ends_at
)
select c.org_id "orgId", c.user_id "userId", c.ends_at "endsAt", o.name org
from claimed c join organizations o on o.id = c.org_id;

-- server/members/expiry-store.ts deleteEnds
delete from membership_ends where at < $1;

-- server/members/expiry-store.ts findExpired
select m.org_id "orgId", m.user_id "userId", u.name "user" from memberships m join users u on u.id = m.user_id
where m.expires_at <= $1 order by m.expires_at limit $2;

-- server/members/founding.ts createOrganization
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/founding.ts createOrganizationFor
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/holdings-store.ts listMembershipOf
select m.role, m.source, m.joined_at "joinedAt" from memberships m
where m.org_id = $1 and m.user_id = $2 and (m.expires_at is null or m.expires_at > $3);

-- server/members/list/export-store.ts findExportRows
with page as materialized (
select id, org_id, user_id, role, source, joined_at, expires_at from memberships
where org_id = $1 and id > $2 and (memberships.expires_at is null or memberships.expires_at > $3)
order by id limit $4
)
select p.id "membershipId", u.id, u.name "user", u.fullname, p.role, p.source, (u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor",
p.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastActiveAt", p.expires_at "expiresAt", g.groups
from page p join lateral (select * from "users" where id = "p"."user_id" limit 1) u on true
join lateral (select last_at from member_activity where org_id = p.org_id and user_id = p.user_id limit 1) a on true
cross join lateral (
select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name, 'role', h.role) order by lower(g.name)), '[]') groups
from (select group_id, max(role) role from group_roles where org_id = p.org_id and user_id = p.user_id group by group_id) h
join lateral (select * from "resource_groups" where id = "h"."group_id" limit 1) g on true
) g order by p.id;

-- server/members/list/export.ts exportMembers
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/list/list-store.ts countByRole
select c.role, (c.count - coalesce(e.count, 0))::int "count"
from (select role, count(*) count from memberships where org_id = $1 group by role) c
left join (select role, count(*) count from memberships where org_id = $2 and memberships.expires_at <= $3 group by role) e on e.role = c.role;

-- server/members/list/list-store.ts countWithoutTwoFactor
select count(*)::int "count" from memberships m
where m.org_id = $1 and not m.has_two_factor and (m.expires_at is null or m.expires_at > $2);

-- server/members/list/list-store.ts findSharedGroups
with roles as (
select r.user_id, r.group_id, max(r.role) role from group_roles r
where r.org_id = $1 and r.user_id = any($2::text[])
and ($3 or exists (select from group_roles v where v.group_id = r.group_id and v.user_id = $4))
group by r.user_id, r.group_id
), held as materialized (
select g.id, g.name, ((select gs.people from group_sizes gs where gs.group_id = g.id) - (
select count(*)::int from memberships em where em.org_id = g.org_id and em.expires_at <= $5
and (select true from group_roles er where er.group_id = g.id and er.user_id = em.user_id limit 1))) size
from (select distinct group_id from roles) h join lateral (select * from "resource_groups" where id = "h"."group_id" limit 1) g on true
)
select r.user_id "userId", g.id, g.name, g.size "numUsers", r.role
from roles r join held g on g.id = r.group_id order by lower(g.name);

-- server/members/list/list-store.ts findVisibleAddresses
select distinct on (e.user_id) e.user_id, e.address from organization_domains d join emails e
on d.org_id = $1 and d.state <> 'unverified' and e.verified_at is not null and lower(split_part(e.address, '@', 2)) = d.domain
where e.user_id = any($2::text[]) order by e.user_id, e.is_primary desc, e.id;

-- server/members/list/list-store.ts inOrder
select p.id "membershipId", p.sort_name "sortName", u.id, u.name "user", u.fullname, p.role, p.source, p.is_external "isExternal",
(u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor", p.joined_at "joinedAt", p.expires_at "expiresAt",
(select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = p.org_id and a.user_id = p.user_id) "lastActiveAt" from (
select id, org_id, user_id, role, source, is_external, joined_at, expires_at, sort_name from memberships
where org_id = $1 and id > $2 and (memberships.expires_at is null or memberships.expires_at > $3) order by id limit $4
) p join users u on u.id = p.user_id order by p.id;

-- server/members/list/order-store.ts listInOrder
select p.id "membershipId", p.sort_name "sortName", u.id, u.name "user", u.fullname, p.role, p.source, p.is_external "isExternal",
(u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor", p.joined_at "joinedAt", p.expires_at "expiresAt",
(select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = p.org_id and a.user_id = p.user_id) "lastActiveAt" from (
select m.*, "a"."last_at" as "key0", "a"."user_id" as "key1" from member_activity a join lateral (select * from memberships where org_id = "a"."org_id" and user_id = "a"."user_id" limit 1) m on true
where "a"."org_id" = $1 and (m.expires_at is null or m.expires_at > $2) and a.last_at < $3 and (a.last_at > '-infinity' or a.joined_at < $4)
order by "a"."last_at" asc, "a"."user_id" asc limit $5
) p join lateral (select * from "users" where id = "p"."user_id" limit 1) u on true
order by p."key0" asc, p."key1" asc;

-- server/members/list/order-store.ts listInOrder
select p.id "membershipId", p.sort_name "sortName", u.id, u.name "user", u.fullname, p.role, p.source, p.is_external "isExternal",
(u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor", p.joined_at "joinedAt", p.expires_at "expiresAt",
(select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = p.org_id and a.user_id = p.user_id) "lastActiveAt" from (
select m.*, "m"."role" as "key0", "m"."id" as "key1" from memberships m
where "m"."org_id" = $1 and (m.expires_at is null or m.expires_at > $2)
order by "m"."role" desc, "m"."id" desc limit $3
) p join lateral (select * from "users" where id = "p"."user_id" limit 1) u on true
order by p."key0" desc, p."key1" desc;

-- server/members/list/order-store.ts listInOrder
with found as materialized (select * from memberships where org_id = $1 and search like fold_pattern($2::text))
select p.id "membershipId", p.sort_name "sortName", u.id, u.name "user", u.fullname, p.role, p.source, p.is_external "isExternal",
(u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor", p.joined_at "joinedAt", p.expires_at "expiresAt",
(select nullif(a.last_at, '-infinity') from member_activity a where a.org_id = p.org_id and a.user_id = p.user_id) "lastActiveAt" from (
select m.*, m.sort_name collate "C" as "key0", "m"."id" as "key1" from found m
where "m"."org_id" = $3 and (m.expires_at is null or m.expires_at > $4)
order by m.sort_name collate "C" asc, "m"."id" asc limit $5
) p join lateral (select * from "users" where id = "p"."user_id" limit 1) u on true
order by p."key0" asc, p."key1" asc;

-- server/members/list/record-store.ts findRecord
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/list/record-store.ts findRecord
select u.name "user", u.fullname, m.role, m.source, m.is_external "isExternal", (u.totp_enabled_at is not null or u.managed_by is not null) "hasTwoFactor",
m.joined_at "joinedAt", nullif(a.last_at, '-infinity') "lastActiveAt", m.expires_at "expiresAt",
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'source', r.source, 'role', r.role, 'addedBy', r.added_by, 'addedAt', r.added_at)
order by lower(g.name), r.source)
from group_roles r join resource_groups g on g.id = r.group_id
where r.org_id = m.org_id and r.user_id = m.user_id
and ($1 or exists (select from group_roles v where v.group_id = g.id and v.user_id = $2))), '[]') "rows"
from memberships m join users u on u.id = m.user_id join member_activity a on a.org_id = m.org_id and a.user_id = m.user_id
where m.org_id = $3 and m.user_id = $4 and (m.expires_at is null or m.expires_at > $5);

-- server/members/membership/losses-store.ts countUngrouped
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/membership/losses-store.ts countUngrouped
select count(*)::int count from repositories where org_id = $1 and private and group_id is null;

-- server/members/membership/membership-lock-store.ts lockMemberships
select from memberships where org_id = $1 and user_id = any($2::text[])
order by user_id for no key update;

-- server/members/membership/membership-lock-store.ts readAndHoldOne
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external, m.xmin::text version from memberships m
where m.org_id = $1 and m.user_id = any(array[$2]::text[]) for no key update skip locked
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $3 and r.user_id = any(array[$4]::text[]))
select (select min(xmin::text) from memberships where org_id = $5 and user_id = any(array[$6]::text[]))
is not distinct from (select version from target) "current",
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $7)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $8 and (m.expires_at is null or m.expires_at > $9)) "callerRole"
from organizations o where o.id = $10;

-- server/members/membership/membership-lock-store.ts readHeld
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external from memberships m where m.org_id = $1 and m.user_id = any($2::text[])
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $3 and r.user_id = any($4::text[]))
select
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $5)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7)) "callerRole"
from organizations o where o.id = $8;

-- server/members/membership/membership-lock-store.ts readHeld
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external from memberships m where m.org_id = $1 and m.user_id = any(array[$2, $3]::text[])
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $4 and r.user_id = any(array[$5, $6]::text[]))
select
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $7)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $8 and (m.expires_at is null or m.expires_at > $9)) "callerRole"
from organizations o where o.id = $10;

-- server/members/membership/membership-lock-store.ts readHeld
with target as materialized (
select m.user_id, m.role, m.source, m.expires_at, m.is_external from memberships m where m.org_id = $1 and m.user_id = any(array[$2]::text[])
), roles as materialized (
select r.user_id, r.group_id, r.source, r.role from group_roles r
where r.org_id = $3 and r.user_id = any(array[$4]::text[]))
select
coalesce((select json_agg(json_build_array(t.user_id, u.name, t.role, t.source, t.expires_at, t.is_external))
from target t join users u on u.id = t.user_id), '[]') people,
coalesce((select json_agg(json_build_array(r.user_id, r.group_id, r.source, r.role)) from roles r), '[]') roles,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'managedBy', g.managed_by,
'callerRole', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $5)) order by lower(g.name))
from resource_groups g where g.id in (select group_id from roles)), '[]') groups,
o.member_management "memberManagement",
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = o.id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7)) "callerRole"
from organizations o where o.id = $8;

-- server/members/membership/membership-store.ts deleteMembers
with ended as (delete from memberships where org_id = $1 and user_id = any($2::text[]) returning org_id, user_id, expires_at)
insert into membership_ends (org_id, user_id, at)
select org_id, user_id, least(expires_at, $3::timestamptz) from ended order by user_id
on conflict (org_id, user_id) do update set at = excluded.at;

-- server/members/membership/membership-store.ts insertMembers
/* sent along */ update invitations set state = 'superseded', ended_at = $1 where org_id = $2 and user_id = any(array[$3]::text[]) and state = 'pending';

-- server/members/membership/membership-store.ts insertMembers
/* sent along */ update join_requests set state = 'withdrawn', decided_at = $1 where org_id = $2 and user_id = any(array[$3]::text[]) and state = 'pending';

-- server/members/membership/membership-store.ts insertMembers
insert into memberships (id, org_id, user_id, role, source, is_external, expires_at, joined_at, search)
select w.id, $1, w.user_id, w.role, w.source, w.is_external, w.expires_at, w.joined_at, ''
from unnest($2::text[], $3::text[],
$4::org_role[], $5::member_source[],
$6::boolean[], $7::timestamptz[],
$8::timestamptz[])
w(id, user_id, role, source, is_external, expires_at, joined_at)
order by w.user_id
on conflict (org_id, user_id) do nothing returning user_id "userId";

-- server/members/membership/membership-store.ts joinEverybody
insert into group_roles (group_id, org_id, user_id, source, role, added_at)
select $1, m.org_id, m.user_id, 'auto_join', $2, $3
from memberships m join users u on u.id = m.user_id and u.state <> 'deleted'
where m.org_id = $4 and (m.expires_at is null or m.expires_at > $5)
and ($6::text = 'all' or m.role >= 'read')
order by m.user_id
on conflict (group_id, user_id, source) do nothing;

-- server/members/membership/membership-store.ts joinEverybody
update group_roles set role = $1 where group_id = $2 and source = 'auto_join' and role <> $3;

-- server/members/membership/membership-store.ts setExternal
update memberships set is_external = $1
where org_id = $2 and user_id = $3 and is_external <> $4 returning user_id;

-- server/members/membership/membership-store.ts writeMembers
delete from group_roles r
using unnest($1::text[], $2::text[],
$3::group_role_source[]) w(group_id, user_id, source)
where r.group_id = w.group_id and r.user_id = w.user_id and r.source = w.source;

-- server/members/membership/membership-store.ts writeMembers
with changed as (
update memberships m set role = w.role, expires_at = w.expires_at,
role_since = case when m.role = w.role then m.role_since else $1::timestamptz end
from (select * from unnest($2::text[], $3::org_role[],
$4::timestamptz[]) ) w(user_id, role, expires_at)
where m.org_id = $5 and m.user_id = w.user_id), put as (
insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
select w.group_id, $6, w.user_id, w.source, w.role, w.added_by, w.added_at
from unnest($7::text[], $8::text[],
$9::group_role_source[], $10::org_role[],
$11::text[], $12::timestamptz[])
w(group_id, user_id, source, role, added_by, added_at)
order by w.group_id, w.user_id
on conflict (group_id, user_id, source)
do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at)
insert into group_roles as r (group_id, org_id, user_id, source, role, added_at)
select g.id, g.org_id, m.user_id, 'auto_join', g.auto_join_role, $13
from resource_groups g cross join unnest($14::text[]) m(user_id)
where g.org_id = $15 and g.auto_join_scope = 'read_plus'
order by g.id, m.user_id
on conflict (group_id, user_id, source) do nothing
returning r.user_id "userId", r.group_id id, r.role, (select name from resource_groups where id = r.group_id) "name";

-- server/members/membership/membership-store.ts writeMembers
with changed as (
update memberships m set role = w.role, expires_at = w.expires_at,
role_since = case when m.role = w.role then m.role_since else $1::timestamptz end
from (select * from unnest($2::text[], $3::org_role[],
$4::timestamptz[]) limit 1) w(user_id, role, expires_at)
where m.org_id = $5 and m.user_id = w.user_id), put as (
insert into group_roles (group_id, org_id, user_id, source, role, added_by, added_at)
select w.group_id, $6, w.user_id, w.source, w.role, w.added_by, w.added_at
from unnest($7::text[], $8::text[],
$9::group_role_source[], $10::org_role[],
$11::text[], $12::timestamptz[])
w(group_id, user_id, source, role, added_by, added_at)
order by w.group_id, w.user_id
on conflict (group_id, user_id, source)
do update set role = excluded.role, added_by = excluded.added_by, added_at = excluded.added_at)
insert into group_roles as r (group_id, org_id, user_id, source, role, added_at)
select g.id, g.org_id, m.user_id, 'auto_join', g.auto_join_role, $13
from resource_groups g cross join unnest($14::text[]) m(user_id)
where g.org_id = $15 and g.auto_join_scope = 'read_plus'
order by g.id, m.user_id
on conflict (group_id, user_id, source) do nothing
returning r.user_id "userId", r.group_id id, r.role, (select name from resource_groups where id = r.group_id) "name";

-- server/members/membership/notices-store.ts lockNotices
select org_id "orgId", user_id "userId"
from member_notices order by org_id, user_id limit $1 for update skip locked;

-- server/members/membership/notices-store.ts takeNotices
with taken as (
delete from member_notices n
using unnest($1::text[], $2::text[]) due(org_id, user_id)
where n.org_id = due.org_id and n.user_id = due.user_id
returning n.org_id, n.user_id, n.was_role, n.is_removal
)
select t.org_id "orgId", t.user_id "userId", t.was_role "wasRole", t.is_removal "isRemoval", o.name org,
o.deleted_at is null "isThere", (select m.role from memberships m
where m.org_id = t.org_id and m.user_id = t.user_id and (m.expires_at is null or m.expires_at > $3)) role,
(select coalesce(json_agg(json_build_object('name', g.name, 'wasRole', c.was_role,
'role', (select max(gr.role) from group_roles gr where gr.group_id = "c"."group_id" and gr.user_id = "c"."user_id")) order by g.name), '[]')
from group_notices c join resource_groups g on g.id = c.group_id
where c.org_id = t.org_id and c.user_id = t.user_id) groups
from taken t join organizations o on o.id = t.org_id order by t.org_id, t.user_id;

-- server/members/membership/probation-store.ts findProbation
select max(probation_until) filter (where probation_until > $1) until,
coalesce(bool_or(user_id = $2 and (probation_until is null or probation_until <= $3)), false) "isProven"
from memberships where org_id = $4 and memberships.role = 'admin';

-- server/members/membership/rejoin-blocks-store.ts findRejoinBlock
select until from rejoin_blocks where org_id = $1 and user_id = $2 and until > $3;

-- server/members/membership/rejoin-blocks-store.ts findRejoinBlocks
select user_id "userId", until from rejoin_blocks
where org_id = $1 and user_id = any($2::text[]) and until > $3;

-- server/members/membership/rejoin-blocks-store.ts findRejoinBlocks
select user_id "userId", until from rejoin_blocks
where org_id = $1 and user_id = any(array[$2]::text[]) and until > $3;

-- server/members/membership/rejoin-blocks-store.ts holdAndFindKept
/* sent along */ insert into scim_users
(id, org_id, user_id, user_name, external_id, email, given_name, family_name, active, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7,
$8, $9, $10, $11);

-- server/members/membership/rejoin-blocks-store.ts holdAndFindKept
select from scim_users where org_id = $1 and user_id = any(array[$2]::text[]) and not active limit 1;

-- server/members/membership/rejoin-blocks-store.ts holdAndFindKept
select name, coalesce(managed_by <> $1, false) "isElsewhere" from users
where id = any(array[$2]::text[]) order by id for key share;

-- server/members/membership/rejoin-blocks-store.ts holdAndFindKept
select user_id "userId", until from rejoin_blocks
where org_id = $1 and user_id = any(array[$2]::text[]) and until > $3;

-- server/members/membership/store.ts findActiveAccount
select u.id, u.name, u.fullname, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) email,
exists (select from emails e where e.user_id = u.id and e.verified_at is not null) "isVerified"
from names n join users u on u.id = n.user_id and u.state = 'active'
where n.lower_name = $1;

-- server/members/membership/store.ts findGroups
select (f.ord - 1)::int index, g.id, g.name, g.managed_by "managedBy",
(select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = $1) "callerRole"
from (
select ord, ig.id from unnest($2::text[]) with ordinality r(ref, ord)
join resource_groups ig on ig.id = lower(ref) and ig.org_id = $3
union all
select ord, ng.id from unnest($4::text[]) with ordinality r(ref, ord)
join resource_groups ng on ng.org_id = $5 and fold(ng.name) = fold(ref)
) f join resource_groups g on g.id = f.id;

-- server/members/removal-store.ts findMade
with made as (
select r.id, r.type, r.name from repositories r
where r.org_id = $1 and r.creator_id = $2
and ($3 or not r.private or (r.group_id is null and $4)
or exists (select from group_roles v where v.group_id = r.group_id and v.user_id = $5))
), named as (select * from made order by type, id limit $6)
select
coalesce((select json_agg(json_build_object('type', type, 'name', o.name || '/' || n.name) order by type, n.id) from named n), '[]') "repositories",
(select count(*)::int from made) "repositoryCount"
from organizations o where o.id = $7;

-- server/members/roles.ts changeRole
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/members/successors-store.ts findMembersByName
select (t.ord - 1)::int index, u.id, u.name from unnest($1::text[]) with ordinality t(name, ord)
join names n on n.lower_name = t.name
join memberships m on m.org_id = $2 and m.user_id = n.user_id and (m.expires_at is null or m.expires_at > $3)
join users u on u.id = n.user_id
order by t.ord for key share of m;

-- server/members/successors-store.ts findOrganizationsOf
select org_id "orgId" from memberships where user_id = $1 order by org_id;

-- server/members/successors-store.ts replaceSuccessors
delete from successors where org_id = $1;

-- server/members/successors-store.ts replaceSuccessors
insert into successors (org_id, user_id, position)
select $1, t.id, t.ord from unnest($2::text[]) with ordinality t(id, ord);

-- server/notifications/notifications-store.ts findWaiting
with mine as materialized (
select o.id, o.name, o.fullname, o.adminless_since, m.expires_at, o.require_2fa_from factor_from, m.role = 'admin' is_admin,
m.role = any($1::org_role[]) confirms, ($2::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $3, false)) counts,
o.require_2fa and not $4::boolean lacks_factor, (o.sso_mode = 'enforced' and not m.is_external and not exists (select from sso_sessions sso
where sso.org_id = o.id and sso.user_id = m.user_id
and ($5::text is null or sso.session_id = $6::text) and not sso.is_break_glass and sso.expires_at > $7)) lacks_sso
from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on o.deleted_at is null
where m.user_id = $8 and (m.expires_at is null or m.expires_at > $9) and true)
select w.kind, w.organization, w.fullname, w.count, w.id, w.about, w.at, w.role, w.inviter_role
from (select 'invitation', i.org->>'name', i.org->>'fullname', 1, i.id, i.inviter->>'user', i.expires_at, i.role, i.inviter_role
from (select i.id, i.org_id, i.user_id, i.address, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.user_id) "user", i.role, i.message, i.lifetime_days,
case when i.state = 'pending' and i.expires_at <= $10 then 'expired' else i.state end state,
i.invited_by, (select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.invited_by) inviter,
case when i.invited_by is null and i.scim_user_id is not null then 'admin' else
(select m.role from memberships m join users u on u.id = m.user_id and u.state = 'active'
where m.org_id = i.org_id and m.user_id = i.invited_by and (m.expires_at is null or m.expires_at > $11)) end inviter_role,
i.scim_user_id is not null is_provisioned,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = i.accepted_by) accepted_by,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', ig.role, 'managed_by', g.managed_by,
'inviter_role', (select max(c.role) from group_roles c where c.group_id = g.id and c.user_id = i.invited_by)) order by lower(g.name))
from invitation_groups ig join lateral (select * from "resource_groups" where id = "ig"."group_id" limit 1) g on true where ig.invitation_id = i.id), '[]') groups,
i.created_at, i.sent_at, i.expires_at, i.ended_at,
json_build_object('name', o.name, 'fullname', o.fullname, 'is_verified', o.is_verified) org,
coalesce(i.user_id = $12, exists (select from emails e where e.user_id = $13 and e.verified_at is not null
and lower(e.address) = lower(i.address))) is_mine,
exists (select from emails e where e.user_id = $14 and lower(e.address) = lower(i.address)) names_address,
exists (select from memberships m where m.org_id = i.org_id and m.user_id = $15
and (m.expires_at is null or m.expires_at > $16)) is_member
from (
select n.* from invitations n where n.user_id = $17 and n.state = 'pending'
union all
select n.* from emails e join lateral (
select * from invitations where lower(address) = lower(e.address) and state = 'pending' offset 0) n on true
where e.user_id = $18 and e.verified_at is not null
) i join lateral (select * from "organizations" where id = "i"."org_id" limit 1) o on true where i.state = 'pending' and i.expires_at > $19 and o.deleted_at is null
and not coalesce((select true from offboardings f where f.org_id = i.org_id and f.user_id = $20 and f.at >= i.sent_at limit 1), false)
and not coalesce((select true from membership_ends f where f.org_id = i.org_id and f.user_id = $21 and f.at > i.sent_at), false)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $22
and m.expires_at <= $23 and m.expires_at > i.sent_at)
and not exists (select from memberships m where m.org_id = i.org_id and m.user_id = $24
and (m.expires_at is null or m.expires_at > $25))
order by i.sent_at desc limit 200) i union all select 'two_factor_required'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me where not me.counts union all select 'two_factor_soon'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (me.factor_from)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me where me.counts and me.lacks_factor union all select 'membership_ends'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (me.expires_at)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me where me.expires_at <= $26 union all select 'no_active_admins'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me where me.adminless_since is not null union all select 'access_requests'::text kind, null::text organization, null::text fullname, (c.n)::int count,
(null)::text id, (r.type || 's/' || me.name || '/' || r.name)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from users me join repositories r on r.user_id = me.id and r.gate is not null cross join lateral (select count(*) n from (
select from gate_requests q where q.repo_id = r.id and q.state = 'pending' limit 1000) few) c where me.id = $27 and c.n > 0 union all select 'restorable'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (me.deleted_at)::timestamptz at, null::org_role role, null::org_role inviter_role from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) me on me.deleted_at > $28
where m.user_id = $29 and m.role = 'admin' and (m.expires_at is null or m.expires_at > $30) union all select 'recovery_own'::text kind, o.name::text organization, o.fullname::text fullname, (1)::int count,
(p.id)::text id, (u.name)::text about, (p.effective_at)::timestamptz at, null::org_role role, null::org_role inviter_role from recovery_requests p join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on o.deleted_at is null
join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true where p.person_id = $31 and p.state in ('open', 'waiting') union all select 'recovery_object'::text kind, o.name::text organization, o.fullname::text fullname, (1)::int count,
(p.id)::text id, (u.name)::text about, (p.effective_at)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me join recovery_requests p on p.org_id = me.id and p.state in ('open', 'waiting') and p.person_id <> $32 join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on o.deleted_at is null
join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true where me.is_admin union all select 'recovery_confirm'::text kind, o.name::text organization, o.fullname::text fullname, (1)::int count,
(p.id)::text id, (u.name)::text about, (p.effective_at)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me join recovery_requests p on p.org_id = me.id and p.state in ('open', 'waiting') and p.person_id <> $33 join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on o.deleted_at is null
join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true where me.confirms and me.counts and not me.is_admin and p.path = 'domain' and not exists (select from recovery_confirmations v
where v.recovery_request_id = p.id and v.confirmed_by_id = $34) union all select 'recovery_approve'::text kind, o.name::text organization, o.fullname::text fullname, (1)::int count,
(p.id)::text id, (u.name)::text about, (p.effective_at)::timestamptz at, null::org_role role, null::org_role inviter_role from recovery_requests p join lateral (select * from "organizations" where id = "p"."org_id" limit 1) o on o.deleted_at is null
join lateral (select * from "users" where id = "p"."person_id" limit 1) u on true where $35::boolean and p.state in ('open', 'waiting') and p.path = 'operators' and not exists (select from recovery_confirmations v
where v.recovery_request_id = p.id and v.confirmed_by_id = $36)
and p.effective_at is null union all select 'held_removals'::text kind, me.name::text organization, me.fullname::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me cross join lateral (select count(*) n from scim_held h where h.org_id = me.id and h.state = 'waiting' and h.expires_at > $37) c where me.is_admin and me.counts and not me.lacks_sso and c.n > 0 union all select 'join_requests'::text kind, me.name::text organization, me.fullname::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me cross join lateral (select count(*) n from join_requests r where r.org_id = me.id and r.state = 'pending') c where me.is_admin and me.counts and not me.lacks_sso and c.n > 0 union all select 'pending_invitations'::text kind, me.name::text organization, me.fullname::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me cross join lateral (select count(*) n from invitations i where i.org_id = me.id and i.state = 'pending' and i.expires_at > $38) c where me.is_admin and me.counts and not me.lacks_sso and c.n > 0 union all select 'memberships_end'::text kind, me.name::text organization, me.fullname::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me cross join lateral (select count(*) n from memberships m where m.org_id = me.id and m.user_id <> $39
and (m.expires_at is null or m.expires_at > $40) and m.expires_at <= $41) c where me.is_admin and me.counts and not me.lacks_sso and c.n > 0 union all select 'access_requests'::text kind, me.name::text organization, me.fullname::text fullname, (c.n)::int count,
(null)::text id, (r.type || 's/' || me.name || '/' || r.name)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me join repositories r on r.org_id = me.id and r.gate is not null cross join lateral (select count(*) n from (
select from gate_requests q where q.repo_id = r.id and q.state = 'pending' limit 1000) few) c where me.is_admin and me.counts and not me.lacks_sso and c.n > 0 union all select 'only_admin'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me cross join lateral (select count(*) n, min(m.user_id) only from (
select m.user_id from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
where m.org_id = me.id and m.role = 'admin' and m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false)) limit 2) m) c
where me.is_admin and me.counts and not me.lacks_sso and c.n = 1 and c.only = $42 union all select 'domain_failing'::text kind, me.name::text organization, me.fullname::text fullname, (1)::int count,
(null)::text id, (d.domain)::text about, (d.failing_since)::timestamptz at, null::org_role role, null::org_role inviter_role from mine me join lateral (select * from organization_domains where org_id = me.id offset 0) d
on d.state = 'failing' where me.is_admin and me.counts and not me.lacks_sso union all select 'organizations_without_admins'::text kind, null::text organization, null::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from (select count(*) n from (select from organizations w where w.adminless_since is not null and w.deleted_at is null and $43::boolean limit 1000) few) c where c.n > 0 union all select 'failed_emails'::text kind, null::text organization, null::text fullname, (c.n)::int count,
(null)::text id, (null)::text about, (null)::timestamptz at, null::org_role role, null::org_role inviter_role from (select count(*) n from (select from mails f where f.state = 'failed' and $44::boolean limit 1000) few) c where c.n > 0)
w(kind, organization, fullname, count, id, about, at, role, inviter_role);

-- server/oauth/grants.ts byGrant
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/oauth/store.ts approveDevice
update device_codes set token_id = $1 where hash = $2;

-- server/oauth/store.ts deleteDevice
delete from device_codes where hash = $1 returning user_code;

-- server/oauth/store.ts deleteExpiredDevices
with over as (delete from device_codes where expires_at < $1 returning token_id)
delete from access_tokens where id in (select token_id from over);

-- server/oauth/store.ts denyDevice
update device_codes set denied = true where hash = $1;

-- server/oauth/store.ts findDevice
select client_id, expires_at, denied, token_id from device_codes where hash = $1;

-- server/oauth/store.ts findWaiting
select hash, client_id, ip, created_at, expires_at from device_codes
where user_code = $1 and expires_at > $2 and token_id is null and not denied;

-- server/oauth/store.ts insertDevice
insert into device_codes (hash, user_code, client_id, ip, created_at, expires_at, interval_seconds)
values ($1, $2, $3, $4, $5, $6, $7);

-- server/oauth/store.ts lockApproved
select t.id, t.name, t.created_at, u.id owner_id, u.name owner_name, u.state owner_state
from device_codes d join access_tokens t on t.id = d.token_id join users u on u.id = t.user_id
where d.hash = $1 for update of t;

-- server/oauth/store.ts lockWaiting
select hash, client_id, ip, created_at, expires_at from device_codes
where user_code = $1 and expires_at > $2 and token_id is null and not denied for update;

-- server/orgs/admins-store.ts countUsableAdminsByOrg
select m.org_id, count(*)::int count from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
where m.org_id = any($1::text[]) and m.role = 'admin' and m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false)) group by m.org_id;

-- server/orgs/admins-store.ts findAddressesOfWatchers
with candidates as materialized (
select $1::text id union select id from users where is_operator and state <> 'deleted'
union select user_id from memberships where org_id = $2 and role = any($3::org_role[])
)
select w.address from (
select u.id, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) address from candidates c join lateral (select * from "users" where id = "c"."id" limit 1) u on true
left join memberships m on m.org_id = $4 and m.user_id = u.id
where (u.id = $5 and u.state = 'active') or (u.is_operator and u.state = 'active')
or (m.role = 'admin' and u.state <> 'deleted')
or (m.role = any($6::org_role[]) and u.state = 'active' and (m.expires_at is null or m.expires_at > $7))
) w where w.address is not null order by w.id;

-- server/orgs/admins-store.ts findAdminlessUntold
select id, name from organizations
where adminless_since is not null and deleted_at is null and coalesce(health_told_at, adminless_since) <= $1 order by id;

-- server/orgs/admins-store.ts findAtRiskUntold
select o.id, o.name from organizations o
where o.deleted_at is null and coalesce(o.health_told_at, o.created_at) <= $1
and (select count(*) from memberships m join users u on u.id = m.user_id where m.org_id = o.id and m.role = 'admin' and m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false))) = 1
and (select count(*) from (select from memberships n where n.org_id = o.id limit 2) several) > 1
order by o.id;

-- server/orgs/admins-store.ts findOrganizationsAdministered
select o.id, o.name from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on true
where m.user_id = $1 and m.role = 'admin' and o.deleted_at is null and (o.require_2fa or not $2)
order by o.id;

-- server/orgs/admins-store.ts findSuccessors
select u.id, u.name "user", u.fullname, m.role, (m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false))) usable, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) email
from successors s join lateral (select * from memberships where org_id = "s"."org_id" and user_id = "s"."user_id" limit 1) m on true
join organizations o on o.id = m.org_id join users u on u.id = m.user_id
where s.org_id = $1 order by s.position;

-- server/orgs/admins-store.ts findUsableAdmins
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/admins-store.ts findUsableAdmins
select m.user_id id, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) email, m.probation_until is null or m.probation_until <= $1 is_proven
from memberships m join organizations o on o.id = m.org_id join users u on u.id = m.user_id
where m.org_id = $2 and m.role = 'admin' and m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false))
order by m.user_id limit 100;

-- server/orgs/admins-store.ts lockAccount
select from memberships where user_id = $1 order by org_id for no key update;

-- server/orgs/admins-store.ts lockAccount
select from users where id = $1 for update;

-- server/orgs/admins-store.ts lockOrganization
/* sent along */ with noted as (
insert into member_notices (org_id, user_id, was_role, is_removal)
select o.id, c.user_id, c.was_role, c.is_removal from organizations o, unnest($1::text[], $2::org_role[],
$3::boolean[]) c(user_id, was_role, is_removal)
where o.id = $4 and o.notify_members order by c.user_id
on conflict (org_id, user_id) do update set is_removal = excluded.is_removal
returning org_id, user_id
)
insert into group_notices (org_id, user_id, group_id, was_role)
select n.org_id, n.user_id, g.group_id, g.was_role from noted n
join unnest($5::text[], $6::text[],
$7::org_role[]) g(user_id, group_id, was_role) on g.user_id = n.user_id order by n.user_id, g.group_id
on conflict (org_id, user_id, group_id) do nothing;

-- server/orgs/admins-store.ts lockOrganization
select from organizations where id = $1 for no key update;

-- server/orgs/admins-store.ts setAdminless
update organizations set adminless_since = $1
where id = $2 and (adminless_since is null) <> ($3::timestamptz is null) returning id;

-- server/orgs/avatar.ts change
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/domains-store.ts deleteDomain
delete from organization_domains where id = $1;

-- server/orgs/domains-store.ts findDomain
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/domains-store.ts findDomain
select d.id, d.org_id, o.name org_name, d.domain, d.token, d.state, d.added_at, u.name added_by, d.verified_at,
d.checked_at, d.failing_since, d.problem from organization_domains d join organizations o on o.id = d.org_id left join users u on u.id = d.added_by
where d.org_id = $1 and d.domain = $2;

-- server/orgs/domains-store.ts findDoor
select d.domain, o.default_role, o.user_approval from organization_domains d
join organizations o on o.id = d.org_id and o.deleted_at is null
where d.org_id = $1 and d.domain in (
select lower(split_part(e.address, '@', 2)) from emails e where e.user_id = $2 and e.verified_at is not null)
order by d.state <> 'unverified' desc, d.id limit 1;

-- server/orgs/domains-store.ts findDueDomains
select d.id, d.org_id, o.name org_name, d.domain, d.token, d.state, d.added_at, u.name added_by, d.verified_at,
d.checked_at, d.failing_since, d.problem from organization_domains d join organizations o on o.id = d.org_id left join users u on u.id = d.added_by
where o.deleted_at is null and (d.state = 'failing' or (d.state = 'verified' and d.checked_at <= $1))
order by random() limit $2;

-- server/orgs/domains-store.ts findOpenedBy
select o.name, o.fullname, o.user_approval
from organization_domains d join lateral (select * from "organizations" where id = "d"."org_id" limit 1) o on o.deleted_at is null
where d.domain = $1 order by d.state <> 'unverified' desc, d.id limit $2::integer;

-- server/orgs/domains-store.ts insertDomain
insert into organization_domains (id, org_id, domain, token, added_at, added_by)
select $1, $2, $3, $4, $5::timestamptz, $6
where (select count(*) from organization_domains where org_id = $7) < $8::integer
returning id;

-- server/orgs/domains-store.ts listDomainRows
select d.id, d.org_id, o.name org_name, d.domain, d.token, d.state, d.added_at, u.name added_by, d.verified_at,
d.checked_at, d.failing_since, d.problem from organization_domains d join organizations o on o.id = d.org_id left join users u on u.id = d.added_by where d.org_id = $1
order by d.domain;

-- server/orgs/domains-store.ts lockDomain
select d.id, d.org_id, o.name org_name, d.domain, d.token, d.state, d.added_at, u.name added_by, d.verified_at,
d.checked_at, d.failing_since, d.problem from organization_domains d join organizations o on o.id = d.org_id left join users u on u.id = d.added_by where d.id = $1;

-- server/orgs/domains-store.ts lockDomain
select from organization_domains where id = $1 for update;

-- server/orgs/domains-store.ts lockDomain
select from organizations where id = (select org_id from organization_domains where id = $1) for no key update;

-- server/orgs/domains-store.ts lockDoor
select d.domain, o.default_role, o.user_approval from organization_domains d
join organizations o on o.id = d.org_id and o.deleted_at is null
where d.org_id = $1 and d.domain in (
select lower(split_part(e.address, '@', 2)) from emails e where e.user_id = $2 and e.verified_at is not null)
order by d.state <> 'unverified' desc, d.id limit 1 for share of d;

-- server/orgs/domains-store.ts markVerified
update organizations set is_verified = not is_verified where id = $1 and is_verified <>
exists (select from organization_domains where org_id = $2 and state <> 'unverified');

-- server/orgs/domains-store.ts updateVerification
update organization_domains set state = $1, verified_at = $2, checked_at = $3,
failing_since = $4, problem = $5 where id = $6;

-- server/orgs/network-security.ts updateNetworkSecurity
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/operator.ts updateOrganizationPlan
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/rules.ts updateOrganization
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/orgs/seat-days-store.ts countDay
insert into seat_days (org_id, day, plan, members, pending, used)
select c.id, $1::date, c.plan, c.members, c.pending, c.members + case when c.plan = 'free' then 0 else c.pending end
from (
select o.id, o.plan, coalesce(m.count, 0)::int members, coalesce(i.count, 0)::int pending
from organizations o
left join (select org_id, count(*) from memberships where (memberships.expires_at is null or memberships.expires_at > $2) group by org_id) m on m.org_id = o.id
left join (select org_id, count(*) from invitations where state = 'pending' and expires_at > $3 group by org_id) i on i.org_id = o.id
where o.deleted_at is null
) c
on conflict (org_id, day) do update set plan = excluded.plan, members = excluded.members, pending = excluded.pending, used = excluded.used
where excluded.used >= seat_days.used;

-- server/orgs/seat-days-store.ts deleteDaysBefore
delete from seat_days where day < $1::date;

-- server/orgs/seat-days-store.ts findPrices
select currency, seat_price_team team, seat_price_enterprise enterprise,
seat_price_plus plus from instance;

-- server/orgs/seat-days-store.ts keepMost
insert into seat_days (org_id, day, plan, members, pending, used)
select id, $1::date, $2::plan, $3::int, $4::int, $5::int from organizations where id = $6
on conflict (org_id, day) do update set plan = excluded.plan, members = excluded.members, pending = excluded.pending, used = excluded.used
where excluded.used > seat_days.used;

-- server/orgs/seat-days-store.ts listDays
select to_char(day, 'YYYY-MM-DD') "day", plan, members, pending, used from seat_days
where org_id = $1 and day >= $2::date order by day;

-- server/orgs/seats-store.ts countSeats
select
((select count(*) from memberships where org_id = $1)
- (select count(*) from memberships where org_id = $2 and memberships.expires_at <= $3))::int members,
(select count(*)::int from invitations where org_id = $4 and state = 'pending' and expires_at > $5) pending;

-- server/orgs/seats-store.ts findSeatPolicy
/* sent along */
insert into invitations as i (id, org_id, user_id, address, role, message, lifetime_days, hash, invited_by, scim_user_id, created_at, sent_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7,
$8, $9, $10, $11, $12, $13)
on conflict (org_id, user_id) where state = 'pending' and user_id is not null do update set role = excluded.role, message = excluded.message, lifetime_days = excluded.lifetime_days,
hash = excluded.hash, invited_by = excluded.invited_by, sent_at = excluded.sent_at, expires_at = excluded.expires_at,
scim_user_id = coalesce(excluded.scim_user_id, i.scim_user_id)
returning id, exists (select from invitations b where b.id = i.id and b.expires_at <= $14) "hadExpired";

-- server/orgs/seats-store.ts findSeatPolicy
/* sent along */ insert into group_roles (group_id, org_id, user_id, source, role, added_at)
select joined.group_id, $1, joined.user_id, joined.source, joined.role, $2 from (
select g.id group_id, m.user_id, 'auto_join'::group_role_source source, g.auto_join_role "role"
from resource_groups g cross join unnest($3::text[]) w(user_id)
join lateral (select * from memberships where org_id = "g"."org_id" and user_id = "w"."user_id" limit 1) m on true
where g.org_id = $4 and (g.auto_join_scope = 'all' or (g.auto_join_scope = 'read_plus' and m.role >= 'read'))
union all
select l.resource_group_id, su.user_id, 'scim', max(l.role) from scim_users su
join scim_group_members gm on gm.member_id = su.id join scim_group_links l on l.group_id = gm.group_id
where su.org_id = $5 and su.user_id = any($6::text[]) and su.active
group by l.resource_group_id, su.user_id
) joined
order by joined.group_id, joined.user_id
on conflict (group_id, user_id, source) do nothing;

-- server/orgs/seats-store.ts findSeatPolicy
select name, plan, seat_limit "limit" from organizations where id = $1;

-- server/orgs/seats-store.ts lockSubscription
select plan, seat_limit "seatLimit" from organizations
where id = $1 and deleted_at is null for no key update;

-- server/orgs/seats-store.ts updateSubscription
update organizations set plan = $1, seat_limit = $2 where id = $3;

-- server/orgs/store.ts countHoldings
select
(select count(*)::int from repositories where org_id = $1) as repositories,
(select count(*)::int from resource_groups where org_id = $2) as groups;

-- server/orgs/store.ts countMembers
select count(*)::int as count from memberships
where org_id = $1 and (memberships.expires_at is null or memberships.expires_at > $2);

-- server/orgs/store.ts countOfOpenSignUp
select count(*)::int as count from organizations o
where o.open_sign_up and o.created_by = $1 and exists (
select from users u where u.id = $2 and u.open_sign_up and u.storage_limit is null);

-- server/orgs/store.ts countRepos
select r.type, count(*)::int as count from repositories r where r.org_id = $1 and (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $2
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $3 and (m.expires_at is null or m.expires_at > $4) and ($5::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $6, false))
and true and (not mo.enforce_ip_ranges or nullif($7::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $8 and sso.session_id = $9
and not sso.is_break_glass and sso.expires_at > $10)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $11 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $12))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $13 and (rc.expires_at is null or rc.expires_at > $14)
and (go.id is null or (($15::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $16, false))
and true and (not go.enforce_ip_ranges or nullif($17::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $18 and sso.session_id = $19
and not sso.is_break_glass and sso.expires_at > $20)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $21 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $22)))))))) group by r.type;

-- server/orgs/store.ts findDeletedBefore
select id, name from organizations where deleted_at <= $1 order by deleted_at limit 100;

-- server/orgs/store.ts findOrganizationRow
select o.id, o.name, o.fullname, o.plan, o.seat_limit, o.created_at, o.deleted_at, (select count(*)::int from memberships m
where m.org_id = o.id and (m.expires_at is null or m.expires_at > $1)) as members from organizations o where o.id = $2;

-- server/orgs/store.ts insertOrganization
insert into organizations (id, name, fullname, details, plan, created_by, created_at, open_sign_up)
select $1, $2, $3, $4, coalesce($5::plan, i.default_plan),
$6, $7, coalesce((select open_sign_up from users where id = $8), false)
from instance i;

-- server/orgs/store.ts listOrganizationRows
select o.id, o.name, o.fullname, o.plan, o.seat_limit, o.created_at, o.deleted_at, (select count(*)::int from memberships m
where m.org_id = o.id and (m.expires_at is null or m.expires_at > $1)) as members from organizations o
where o.id > $2
order by o.id limit $3;

-- server/orgs/store.ts lockOrg
select * from "organizations" where "id" = $1 and "deleted_at" is null for no key update;

-- server/orgs/store.ts markDeleted
select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
where m.org_id = $1 and m.role = 'admin' and m.user_id <> $2 order by m.id limit 100;

-- server/orgs/store.ts markDeleted
update organizations set deleted_at = $1 where id = $2;

-- server/orgs/store.ts unmarkDeleted
update organizations set deleted_at = null where id = $1 and deleted_at > $2 returning id;

-- server/orgs/store.ts updateProfile
update "organizations" set "name" = $1, "fullname" = $2, "details" = $3, "website" = $4 where "id" = $5;

-- server/orgs/store.ts updateSettingsRow
update "organizations" set "member_management" = $1, "default_role" = $2, "group_creation" = $3, "allow_join_requests" = $4, "user_approval" = $5, "hide_members" = $6, "notify_members" = $7, "repo_visibility" = $8, "require_2fa" = $9, "require_2fa_from" = $10, "token_policy" = $11, "token_max_lifetime_days" = $12, "ip_ranges" = $13, "enforce_ip_ranges" = $14, "setup_checklist" = $15 where "id" = $16;

-- server/repos/cards/metadata-store.ts findUntidy
select id, prune_wanted_at from repositories
where pushed_at is not null and (tidied_at is null or tidied_at < pushed_at) or prune_wanted_at < $1
order by coalesce(prune_wanted_at, pushed_at) limit $2;

-- server/repos/cards/metadata-store.ts saveMetadata
update repositories set head = $1, card = coalesce($2::jsonb, card), gate_form = coalesce($3::jsonb, gate_form),
card_bytes = coalesce($4::int, card_bytes),
tags = $5::text[], library_name = $6, pipeline_tag = $7,
sdk = $8, git_bytes = $9
where id = $10;

-- server/repos/check-store.ts listLfsRows
select oid, size::text as size from lfs_objects
where repo_id = $1 order by oid;

-- server/repos/check-store.ts listRepoIds
select r.id, r.type, coalesce(o.name, u.name) || '/' || r.name as name
from repositories r left join organizations o on o.id = r.org_id left join users u on u.id = r.user_id
where r.id > $1 order by r.id limit $2;

-- server/repos/collaborators/collaborators-store.ts deleteGrant
delete from repo_collaborators where repo_id = $1 and user_id = $2;

-- server/repos/collaborators/collaborators-store.ts deleteGrantsUnderRejoinBlock
delete from repo_collaborators rc using rejoin_blocks t
where rc.repo_id = $1 and t.org_id = $2 and t.user_id = rc.user_id and t.until > $3;

-- server/repos/collaborators/collaborators-store.ts findExpiredGrants
select repo_id as "repoId", user_id as "userId" from repo_collaborators
where repo_collaborators.expires_at <= $1 order by expires_at limit $2;

-- server/repos/collaborators/collaborators-store.ts findGrant
select rc.user_id, u.name as "user", u.fullname, rc.role, rc.expires_at, rc.added_at, rc.added_by,
coalesce((select true from memberships m where m.org_id = r.org_id and m.user_id = rc.user_id
and (m.expires_at is null or m.expires_at > $1) limit 1), false) as is_member from repo_collaborators rc join lateral (select * from "repositories" where id = "rc"."repo_id" limit 1) r on true join lateral (select * from "users" where id = "rc"."user_id" limit 1) u
on u.state <> 'deleted' and (rc.expires_at is null or rc.expires_at > $2)
where rc.repo_id = $3 and rc.user_id = $4;

-- server/repos/collaborators/collaborators-store.ts listGrantRows
select rc.user_id, u.name as "user", u.fullname, rc.role, rc.expires_at, rc.added_at, rc.added_by,
coalesce((select true from memberships m where m.org_id = r.org_id and m.user_id = rc.user_id
and (m.expires_at is null or m.expires_at > $1) limit 1), false) as is_member from repo_collaborators rc join lateral (select * from "repositories" where id = "rc"."repo_id" limit 1) r on true join lateral (select * from "users" where id = "rc"."user_id" limit 1) u
on u.state <> 'deleted' and (rc.expires_at is null or rc.expires_at > $2)
where rc.repo_id = $3 and lower(u.name) > $4 order by lower(u.name) limit $5;

-- server/repos/collaborators/collaborators-store.ts listOrgGrantRows
select rc.user_id, u.name as "user", u.fullname, rc.role, rc.expires_at, rc.added_at, rc.added_by,
coalesce((select true from memberships m where m.org_id = r.org_id and m.user_id = rc.user_id
and (m.expires_at is null or m.expires_at > $1) limit 1), false) as is_member, r.id as repo_id, r.type, r.name as repo, r.private
from repositories r join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on true join lateral (select * from "users" where id = "rc"."user_id" limit 1) u
on u.state <> 'deleted' and (rc.expires_at is null or rc.expires_at > $2) where r.org_id = $3
order by lower(u.name), r.id limit $4;

-- server/repos/collaborators/collaborators-store.ts putGrant
insert into repo_collaborators (repo_id, user_id, role, expires_at, added_by, added_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (repo_id, user_id) do update set role = excluded.role, expires_at = excluded.expires_at;

-- server/repos/commits/commit-store.ts insertLfsObjects
with added as (
insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid)
select $1, o.oid, o.size, $2, $3, $4, o.path, o.git_oid
from unnest($5::text[], $6::bigint[],
$7::text[], $8::text[])
as o(oid, size, path, git_oid)
on conflict do nothing
returning size)
update repositories set lfs_bytes = lfs_bytes + (select coalesce(sum(size), 0) from added)
where id = $9 returning (select coalesce(sum(size), 0) from added)::float8 as bytes;

-- server/repos/duplicate.ts 
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/gates/downloads-store.ts deleteOldDownloads
delete from gate_downloads where hash in (
select hash from gate_downloads where last_at < $1 order by last_at limit $2);

-- server/repos/gates/downloads-store.ts listDownloads
select encode(d.hash, 'hex') as hash,
(extract(epoch from d.last_at) * 1000000)::bigint::text as at, d.user_id, coalesce(sa.username, u.name) as "user",
u.fullname, d.via, d.path, d.revision, d.first_at, d.last_at, d.requests
from gate_downloads d join lateral (select * from "users" where id = "d"."user_id" limit 1) u on true
left join lateral (select * from "service_accounts" where id = "d"."user_id" limit 1) sa on true
where d.repo_id = $1
order by d.last_at desc, d.hash desc limit $2;

-- server/repos/gates/moving-store.ts deleteRequestsAfterMove
delete from gate_requests q using rejoin_blocks t where q.repo_id = $1 and t.org_id = $2
and t.user_id = q.user_id and t.until > $3 and q.state <> 'rejected';

-- server/repos/gates/notices-store.ts findAddresses
select e.address from unnest($1::text[]) w(user_id)
join users u on u.id = w.user_id and u.state = 'active' join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
order by u.id;

-- server/repos/gates/notices-store.ts takeUntold
with due as materialized (
select q.repo_id, count(*)::int requests from gate_requests q join repositories r on r.id = q.repo_id
where q.state = 'pending' and q.notified_at is null and r.gate is not null
and (r.gate_notifications = 'bulk' or q.created_at < $1)
group by q.repo_id order by q.repo_id limit $2
), told as (
update gate_requests q set notified_at = $3 from due
where q.repo_id = due.repo_id and q.state = 'pending' and q.notified_at is null
)
select r.id, r.type, coalesce(o.name, owner.name) || '/' || r.name as name, r.org_id,
r.gate_notifications as notifications,
case when r.gate_email is not null then array[r.gate_email] else array(
select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
where m.org_id = r.org_id and m.role = 'admin' and (m.expires_at is null or m.expires_at > $4) order by m.id limit $5)
|| array(select e.address from emails e where e.user_id = r.user_id and e.is_primary and e.verified_at is not null) end as addresses, due.requests from due join lateral (select * from "repositories" where id = "due"."repo_id" limit 1) r on true left join organizations o on o.id = r.org_id left join users owner on owner.id = r.user_id
order by r.org_id, r.id;

-- server/repos/gates/organizations-store.ts countOrganizationAccess
select count(*)::int as count from gate_organizations
where repo_id = $1;

-- server/repos/gates/organizations-store.ts deleteOrganizationAccess
delete from gate_organizations
where repo_id = $1 and org_id = $2;

-- server/repos/gates/organizations-store.ts findOrganizationNamed
select o.id, o.name from names n join organizations o on o.id = n.org_id
where n.lower_name = $1 and n.current and o.deleted_at is null;

-- server/repos/gates/organizations-store.ts findOrganizationRow
select g.id, g.org_id, o.name as organization, o.fullname, o.hide_members as hides_members, g.role,
(select count(*)::int from memberships m join lateral (select * from "users" where id = "m"."user_id" limit 1) u on u.state = 'active'
where m.org_id = g.org_id and (m.expires_at is null or m.expires_at > $1) and (g.role is null or m.role >= g.role)
and ((u.totp_enabled_at is not null or u.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $2, false))) as members, b.name as granted_by, g.granted_at, g.expires_at from gate_organizations g join lateral (select * from "organizations" where id = "g"."org_id" limit 1) o on o.deleted_at is null
left join lateral (select * from "users" where id = "g"."granted_by_id" limit 1) b on true
where g.repo_id = $3 and (g.expires_at is null or g.expires_at > $4) and g.org_id = $5;

-- server/repos/gates/organizations-store.ts listMembersWithAccess
select u.id, u.name, u.fullname
from gate_organizations g join organizations o on o.id = g.org_id
cross join lateral (select m.user_id from memberships m join lateral (select * from "users" where id = "m"."user_id" limit 1) u on u.state = 'active'
where m.org_id = g.org_id and (m.expires_at is null or m.expires_at > $1) and (g.role is null or m.role >= g.role)
and ((u.totp_enabled_at is not null or u.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $2, false)) and m.user_id > $3 order by m.user_id limit $4) l
join lateral (select * from "users" where id = "l"."user_id" limit 1) u on true
where g.id = $5 order by u.id limit $6;

-- server/repos/gates/organizations-store.ts listOrganizationRows
select g.id, g.org_id, o.name as organization, o.fullname, o.hide_members as hides_members, g.role,
(select count(*)::int from memberships m join lateral (select * from "users" where id = "m"."user_id" limit 1) u on u.state = 'active'
where m.org_id = g.org_id and (m.expires_at is null or m.expires_at > $1) and (g.role is null or m.role >= g.role)
and ((u.totp_enabled_at is not null or u.managed_by is not null)::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $2, false))) as members, b.name as granted_by, g.granted_at, g.expires_at from gate_organizations g join lateral (select * from "organizations" where id = "g"."org_id" limit 1) o on o.deleted_at is null
left join lateral (select * from "users" where id = "g"."granted_by_id" limit 1) b on true
where g.repo_id = $3 and (g.expires_at is null or g.expires_at > $4) order by lower(o.name);

-- server/repos/gates/organizations-store.ts putOrganizationAccess
insert into gate_organizations (id, repo_id, org_id, role, expires_at, granted_by_id, granted_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (repo_id, org_id) do update set role = excluded.role, expires_at = excluded.expires_at,
granted_by_id = excluded.granted_by_id, granted_at = excluded.granted_at;

-- server/repos/gates/store.ts countRequests
select (select count(*)::int from (select from gate_requests q
where q.repo_id = $1 and q.state = $2
limit $3) counted) as pending, (select count(*)::int from (select from gate_requests q
where q.repo_id = $4 and q.state = $5 and (q.state = 'accepted' and (q.expires_at is null or q.expires_at > $6))
limit $7) counted) as accepted,
(select count(*)::int from (select from gate_requests q
where q.repo_id = $8 and q.state = $9
limit $10) counted) as rejected,
(select count(*)::int from gate_organizations g where g.repo_id = $11) as organizations;

-- server/repos/gates/store.ts decideRequests
update gate_requests set state = $1, reason = $2, expires_at = $3,
handled_by_id = $4, handled_at = $5
where id = any($6::text[]);

-- server/repos/gates/store.ts deleteRequest
delete from gate_requests where repo_id = $1 and user_id = $2;

-- server/repos/gates/store.ts findGate
select private, gate, gate_members, gate_notifications, gate_email, gate_form
from repositories where id = $1;

-- server/repos/gates/store.ts findPeople
select w.position::int, u.id as user_id, u.name, q.id as request_id, q.state, q.expires_at
from unnest($1::text[], $2::text[], $3::text[]) with ordinality
w(lower_name, user_id, request_id, position)
left join names n on n.lower_name = w.lower_name
left join gate_requests wq on wq.id = w.request_id and wq.repo_id = $4
left join users u on u.id = coalesce(n.user_id, w.user_id, wq.user_id) and u.state not in ('deleted', 'service')
left join gate_requests q on q.repo_id = $5 and q.user_id = u.id
order by w.position;

-- server/repos/gates/store.ts findRequest
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/gates/store.ts findRequest
select q.id, q.user_id, u.name as "user", u.fullname, case when q.asked then (select e.address from emails e where e.user_id = u.id and e.verified_at is not null
order by e.is_primary desc, e.id limit 1) end as email,
q.state, q.created_at, q.asked, q.answers, q.handled_by_id, h.name as handled_by, h.fullname as handled_by_fullname,
q.handled_at, q.reason, q.expires_at from gate_requests q join lateral (select * from "users" where id = "q"."user_id" limit 1) u on u.state <> 'deleted'
left join lateral (select * from "users" where id = "q"."handled_by_id" limit 1) h on true
where q.repo_id = $1 and q.user_id = $2;

-- server/repos/gates/store.ts listAllRequests
select q.id, q.user_id, u.name as "user", u.fullname, case when q.asked then (select e.address from emails e where e.user_id = u.id and e.verified_at is not null
order by e.is_primary desc, e.id limit 1) end as email,
q.state, q.created_at, q.asked, q.answers, q.handled_by_id, h.name as handled_by, h.fullname as handled_by_fullname,
q.handled_at, q.reason, q.expires_at from gate_requests q join lateral (select * from "users" where id = "q"."user_id" limit 1) u on u.state <> 'deleted'
left join lateral (select * from "users" where id = "q"."handled_by_id" limit 1) h on true
where q.repo_id = $1 and q.id > $2 order by q.id limit $3;

-- server/repos/gates/store.ts listRequests
select q.id, q.user_id, u.name as "user", u.fullname, case when q.asked then (select e.address from emails e where e.user_id = u.id and e.verified_at is not null
order by e.is_primary desc, e.id limit 1) end as email,
q.state, q.created_at, q.asked, q.answers, q.handled_by_id, h.name as handled_by, h.fullname as handled_by_fullname,
q.handled_at, q.reason, q.expires_at,
(extract(epoch from q.created_at) * 1000000)::bigint::text as at
from (select * from gate_requests q where q.repo_id = $1 and q.state = $2
) q join lateral (select * from "users" where id = "q"."user_id" limit 1) u on u.state <> 'deleted'
left join lateral (select * from "users" where id = "q"."handled_by_id" limit 1) h on true order by q.created_at desc, q.id desc limit $3;

-- server/repos/gates/store.ts markExpired
with due as (
select id from gate_requests q where (q.state = 'accepted' and q.expires_at <= $1) order by q.expires_at limit $2
for no key update skip locked
), marked as (
update gate_requests q set state = 'expired' from due where q.id = due.id returning q.*
)
select m.id, m.repo_id, m.user_id, u.name as "user", m.expires_at, r.type, r.org_id,
coalesce(o.name, ru.name) || '/' || r.name as repo
from marked m join users u on u.id = m.user_id join repositories r on r.id = m.repo_id
left join organizations o on o.id = r.org_id left join users ru on ru.id = r.user_id
order by r.org_id, m.id;

-- server/repos/gates/store.ts putRequest
insert into gate_requests as q
(id, repo_id, user_id, state, created_at, asked, answers, handled_by_id, handled_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8,
$9, $10)
on conflict (repo_id, user_id) do update set state = excluded.state, created_at = excluded.created_at,
asked = excluded.asked, answers = excluded.answers, handled_by_id = excluded.handled_by_id,
handled_at = excluded.handled_at, reason = null, expires_at = excluded.expires_at, notified_at = null;

-- server/repos/holdings-store.ts deleteAccessOf
delete from repo_collaborators rc using repositories r
where r.id = rc.repo_id and "r"."org_id" = $1 and rc.user_id = $2;

-- server/repos/holdings-store.ts deleteAccessOf
delete from repo_collaborators rc using repositories r
where r.id = rc.repo_id and true and rc.user_id = $1;

-- server/repos/holdings-store.ts deleteAccessOf
select from repositories r where "r"."org_id" = $1
and r.id in (select rc.repo_id from repo_collaborators rc where rc.user_id = $2)
order by r.id for no key update of r;

-- server/repos/holdings-store.ts deleteAccessOf
select from repositories r where true
and r.id in (select rc.repo_id from repo_collaborators rc where rc.user_id = $1)
order by r.id for no key update of r;

-- server/repos/holdings-store.ts deleteGatedAccessOf
delete from gate_requests q using repositories r where r.id = q.repo_id and "r"."org_id" = $1
and q.user_id = $2 and q.state in ('accepted', 'expired');

-- server/repos/holdings-store.ts deleteGatedAccessOf
delete from gate_requests q using repositories r where r.id = q.repo_id and true
and q.user_id = $1 and q.state in ('accepted', 'expired');

-- server/repos/holdings-store.ts deleteGatedRequestsOf
delete from gate_requests q using repositories r where r.id = q.repo_id and "r"."org_id" = $1
and q.user_id = $2 and (q.state = 'pending' or $3);

-- server/repos/holdings-store.ts deleteGatedRequestsOf
delete from gate_requests q using repositories r where r.id = q.repo_id and true
and q.user_id = $1 and (q.state = 'pending' or $2);

-- server/repos/holdings-store.ts deleteLocksOf
delete from lfs_locks k using repositories r
where r.id = k.repo_id and "r"."org_id" = $1 and k.user_id = $2;

-- server/repos/holdings-store.ts deleteLocksOf
delete from lfs_locks k using repositories r
where r.id = k.repo_id and true and k.user_id = $1;

-- server/repos/lfs/lfs-locks-store.ts deleteLockRow
delete from lfs_locks where id = $1;

-- server/repos/lfs/lfs-locks-store.ts insertLock
insert into lfs_locks (id, repo_id, path, user_id, locked_at)
values ($1, $2, $3, $4, $5) on conflict do nothing;

-- server/repos/lfs/lfs-locks-store.ts listLockRows
select l.id, l.path, l.user_id, u.name as owner, l.locked_at from lfs_locks l join users u on u.id = l.user_id
where l.repo_id = $1 and ($2::text is null or l.path = $3) and ($4::text is null or l.id = $5)
and ($6::text is null or l.id > $7)
order by l.id limit $8;

-- server/repos/lfs/lfs-store.ts deleteIdleUploads
delete from lfs_uploads where repo_id = $1
and oid = any($2::text[]) and touched_at < $3 returning store_id;

-- server/repos/lfs/lfs-store.ts deleteLfsObjects
delete from lfs_objects
where repo_id = $1 and oid = any($2::text[]) returning oid, size::float8 as size;

-- server/repos/lfs/lfs-store.ts deleteLfsObjects
update repositories set lfs_bytes = greatest(0, lfs_bytes - $1::bigint) where id = $2;

-- server/repos/lfs/lfs-store.ts deleteLfsObjects
with held as (
select x.hash from xet_xorbs x where x.repo_id = $1 and exists (select from xet_places p
where p.repo_id = x.repo_id and p.xorb = x.hash and p.oid = any($2::text[])) order by x.hash for update),
gone as (
delete from xet_xorbs x using held where x.repo_id = $3 and x.hash = held.hash returning x.hash)
update repositories set xet_generation = xet_generation + 1
where id = $4 and exists (select from gone);

-- server/repos/lfs/lfs-store.ts deleteStaleUploads
delete from lfs_uploads
where touched_at < $1 returning repo_id, store_id;

-- server/repos/lfs/lfs-store.ts findLfsObjects
select oid, size::float8 as size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid from lfs_objects
where repo_id = $1 and oid = any($2::text[]);

-- server/repos/lfs/lfs-store.ts insertLfsObject
insert into lfs_objects (repo_id, oid, size, uploaded_by, uploaded_at)
values ($1, $2, $3, $4, $5)
on conflict do nothing;

-- server/repos/lfs/lfs-store.ts insertLfsObject
update repositories set lfs_bytes = lfs_bytes + $1 where id = $2;

-- server/repos/lfs/lfs-store.ts listLfsObjects
select oid, size::float8 as size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid from lfs_objects
where repo_id = $1 and ($2::text is null
or (uploaded_at, oid) < ($3::timestamptz, $4))
order by uploaded_at desc, oid desc limit $5;

-- server/repos/lfs/lfs-store.ts listUnreferenced
select repo_id, oid, size::float8 as size, uploaded_by, uploaded_at, referenced_at, file_name, git_oid from lfs_objects
where referenced_at is null and uploaded_at < $1 order by uploaded_at limit $2;

-- server/repos/lfs/lfs-store.ts missingLfsObjects
select wanted.oid from unnest($1::text[]) as wanted(oid)
where not exists (select from lfs_objects l where l.repo_id = $2 and l.oid = wanted.oid);

-- server/repos/ownerless-store.ts holdTaker
select repo_visibility = 'private_only' as "privateOnly" from organizations
where id = $1 and deleted_at is null for share;

-- server/repos/ownerless-store.ts listOwnerlessRows
select r.id, r.type, u.name as namespace, r.name, r.private, r.gate,
(r.git_bytes + r.lfs_bytes)::float8 as bytes, r.updated_at
from users u cross join lateral (select * from repositories where user_id = u.id) r
where u.state = 'deleted' and r.id > $1 order by r.id limit $2;

-- server/repos/ownerless-store.ts lockOwnerless
select r.id, r.type, u.name as namespace, r.name, r.private, r.gate,
(r.git_bytes + r.lfs_bytes)::float8 as bytes, r.updated_at
from repositories r join users u on u.id = r.user_id
where r.id = $1 and u.state = 'deleted' for no key update of r;

-- server/repos/ownerless.ts deleteOwnerless
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/ownerless.ts transferOwnerless
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/references/move-references.ts moveReferences
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/registry/lists-store.ts listOwnedRows
with owned as (
select r.id, r.type, r.name, coalesce(o.name, u.name) as namespace, r.private, r.gate, c.name as created_by,
r.created_at, r.updated_at, (r.git_bytes + r.lfs_bytes)::text as used_bytes, r.head, r.tags, r.library_name, r.pipeline_tag, r.sdk, null as group_id, null as group_name, r.git_bytes + r.lfs_bytes as storage,
sum(r.git_bytes + r.lfs_bytes) over () as total
from repositories r left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
left join lateral (select * from "users" where id = "r"."creator_id" limit 1) c on true
where r.org_id = $1 and (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $2
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $3 and (m.expires_at is null or m.expires_at > $4) and ($5::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $6, false))
and true and (not mo.enforce_ip_ranges or nullif($7::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $8 and sso.session_id = $9
and not sso.is_break_glass and sso.expires_at > $10)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $11 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $12))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $13 and (rc.expires_at is null or rc.expires_at > $14)
and (go.id is null or (($15::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $16, false))
and true and (not go.enforce_ip_ranges or nullif($17::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $18 and sso.session_id = $19
and not sso.is_break_glass and sso.expires_at > $20)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $21 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $22)))))))))
select r.* from owned r where true
order by r.storage desc, r.id desc limit $23;

-- server/repos/registry/lists-store.ts listOwnedRows
with owned as (
select r.id, r.type, r.name, coalesce(o.name, u.name) as namespace, r.private, r.gate, c.name as created_by,
r.created_at, r.updated_at, (r.git_bytes + r.lfs_bytes)::text as used_bytes, r.head, r.tags, r.library_name, r.pipeline_tag, r.sdk, null as group_id, null as group_name, r.git_bytes + r.lfs_bytes as storage,
sum(r.git_bytes + r.lfs_bytes) over () as total
from repositories r left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
left join lateral (select * from "users" where id = "r"."creator_id" limit 1) c on true
where r.user_id = $1 and (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $2
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $3 and (m.expires_at is null or m.expires_at > $4) and ($5::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $6, false))
and true and (not mo.enforce_ip_ranges or nullif($7::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $8 and sso.session_id = $9
and not sso.is_break_glass and sso.expires_at > $10)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $11 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $12))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $13 and (rc.expires_at is null or rc.expires_at > $14)
and (go.id is null or (($15::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $16, false))
and true and (not go.enforce_ip_ranges or nullif($17::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $18 and sso.session_id = $19
and not sso.is_break_glass and sso.expires_at > $20)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $21 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $22)))))))))
select r.* from owned r where true
order by r.storage desc, r.id desc limit $23;

-- server/repos/registry/lists-store.ts listRepoRows
select r.id, r.type, r.name, coalesce(o.name, u.name) as namespace, r.private, r.gate, c.name as created_by,
r.created_at, r.updated_at, (r.git_bytes + r.lfs_bytes)::text as used_bytes, r.head, r.tags, r.library_name, r.pipeline_tag, r.sdk, r.group_id, g.name as group_name, (r.group_id is not null and exists (
select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $1 and (m.expires_at is null or m.expires_at > $2) and ($3::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $4, false))
and true and (not mo.enforce_ip_ranges or nullif($5::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $6 and sso.session_id = $7
and not sso.is_break_glass and sso.expires_at > $8)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $9 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $10))) and (m.role = 'admin' or exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id)))) as sees_group,
(extract(epoch from r.updated_at) * 1000000)::bigint::text as changed_at
from repositories r left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
left join lateral (select * from "users" where id = "r"."creator_id" limit 1) c on true left join lateral (select * from "resource_groups" where id = "r"."group_id" limit 1) g on true
where r.type = $11 and (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $12
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $13 and (m.expires_at is null or m.expires_at > $14) and ($15::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $16, false))
and true and (not mo.enforce_ip_ranges or nullif($17::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $18 and sso.session_id = $19
and not sso.is_break_glass and sso.expires_at > $20)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $21 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $22))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $23 and (rc.expires_at is null or rc.expires_at > $24)
and (go.id is null or (($25::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $26, false))
and true and (not go.enforce_ip_ranges or nullif($27::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $28 and sso.session_id = $29
and not sso.is_break_glass and sso.expires_at > $30)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $31 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $32))))))))
and (r.org_id = (select org_id from names where lower_name = $33 and (current or kept_until > $34)) or r.user_id = (select user_id from names where lower_name = $35 and (current or kept_until > $36)))
order by r.id desc limit $37;

-- server/repos/registry/rules.ts 
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/registry/rules.ts deleteRepo
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/registry/search-store.ts searchOrganizations
with named as materialized (
select o.id, o.name, o.fullname from names n join lateral (select * from "organizations" where id = "n"."org_id" limit 1) o on o.deleted_at is null
where n.current and n.org_id is not null and n.lower_name collate "C" >= $1 and n.lower_name collate "C" < $2
order by n.lower_name collate "C" limit $3),
also as (select id, name, fullname from organizations where deleted_at is null and fold(fullname) collate "C" >= fold($4::text) and fold(fullname) collate "C" < fold($5::text) || $6::text
order by fold(fullname) collate "C" limit $7)
select name, fullname from (select * from named union select * from also) found order by starts_with(lower(name), lower($8::text)) desc, length(name), id limit $9;

-- server/repos/registry/search-store.ts searchOrganizations
with named as materialized (
select o.id, o.name, o.fullname from names n join lateral (select * from "organizations" where id = "n"."org_id" limit 1) o on o.deleted_at is null
where n.current and n.org_id is not null and n.lower_name collate "C" >= $1 and n.lower_name collate "C" < $2
order by n.lower_name collate "C" limit $3),
also as (select id, name, fullname from organizations where fold(name || ' ' || fullname) like fold_pattern($4::text) and deleted_at is null limit 500)
select name, fullname from (select * from named union select * from also) found order by starts_with(lower(name), lower($5::text)) desc, length(name), id limit $6;

-- server/repos/registry/search-store.ts searchPeople
with named as materialized (
select u.id, u.name, u.fullname from names n join lateral (select * from "users" where id = "n"."user_id" limit 1) u on u.state <> 'deleted'
where n.current and n.user_id is not null and n.lower_name collate "C" >= $1 and n.lower_name collate "C" < $2
order by n.lower_name collate "C" limit $3),
also as (select id, name, fullname from users where search like fold_pattern($4::text) and state <> 'deleted' and state <> 'service' limit 500)
select name, fullname from (select * from named union select * from also) found order by starts_with(lower(name), lower($5::text)) desc, length(name), id limit $6;

-- server/repos/registry/search-store.ts searchPeople
with named as materialized (
select u.id, u.name, u.fullname from names n join lateral (select * from "users" where id = "n"."user_id" limit 1) u on u.state <> 'deleted'
where n.current and n.user_id is not null and n.lower_name collate "C" >= $1 and n.lower_name collate "C" < $2
order by n.lower_name collate "C" limit $3),
also as (select id, name, fullname from users where state <> 'deleted' and state <> 'service' and fold(fullname) collate "C" >= fold($4::text) and fold(fullname) collate "C" < fold($5::text) || $6::text
order by fold(fullname) collate "C" limit $7)
select name, fullname from (select * from named union select * from also) found order by starts_with(lower(name), lower($8::text)) desc, length(name), id limit $9;

-- server/repos/registry/search-store.ts searchRepos
select r.type, coalesce(o.name, u.name) as namespace, r.name, r.private, r.gate from ((select id, type, name, private, gate, org_id, user_id from (select * from repositories r where lower(name) collate "C" >= $1 and lower(name) collate "C" < $2
order by lower(name) collate "C" limit 2000) r
where (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $3
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $4 and (m.expires_at is null or m.expires_at > $5) and ($6::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $7, false))
and true and (not mo.enforce_ip_ranges or nullif($8::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $9 and sso.session_id = $10
and not sso.is_break_glass and sso.expires_at > $11)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $12 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $13))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $14 and (rc.expires_at is null or rc.expires_at > $15)
and (go.id is null or (($16::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $17, false))
and true and (not go.enforce_ip_ranges or nullif($18::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $19 and sso.session_id = $20
and not sso.is_break_glass and sso.expires_at > $21)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $22 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $23)))))))) order by lower(name) collate "C" limit $24) union (select id, type, name, private, gate, org_id, user_id from (select * from repositories r where lower(name) like $25
limit 500) r
where (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $26
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $27 and (m.expires_at is null or m.expires_at > $28) and ($29::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $30, false))
and true and (not mo.enforce_ip_ranges or nullif($31::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $32 and sso.session_id = $33
and not sso.is_break_glass and sso.expires_at > $34)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $35 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $36))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $37 and (rc.expires_at is null or rc.expires_at > $38)
and (go.id is null or (($39::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $40, false))
and true and (not go.enforce_ip_ranges or nullif($41::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $42 and sso.session_id = $43
and not sso.is_break_glass and sso.expires_at > $44)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $45 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $46)))))))))) r
left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
order by starts_with(lower(r.name), lower($47::text)) desc, length(r.name), r.id limit $48;

-- server/repos/registry/search-store.ts searchRepos
select r.type, coalesce(o.name, u.name) as namespace, r.name, r.private, r.gate from (select id, type, name, private, gate, org_id, user_id from (select * from repositories r where lower(name) collate "C" >= $1 and lower(name) collate "C" < $2
order by lower(name) collate "C" limit 2000) r
where (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $3
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $4 and (m.expires_at is null or m.expires_at > $5) and ($6::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $7, false))
and true and (not mo.enforce_ip_ranges or nullif($8::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $9 and sso.session_id = $10
and not sso.is_break_glass and sso.expires_at > $11)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $12 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $13))) and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $14 and (rc.expires_at is null or rc.expires_at > $15)
and (go.id is null or (($16::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $17, false))
and true and (not go.enforce_ip_ranges or nullif($18::text, '')::inet <<= any(go.ip_ranges::inet[])) and (not go.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = go.id and sso.user_id = $19 and sso.session_id = $20
and not sso.is_break_glass and sso.expires_at > $21)
or not exists (select from memberships sm where sm.org_id = go.id and sm.user_id = $22 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $23)))))))) order by lower(name) collate "C" limit $24) r
left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
order by starts_with(lower(r.name), lower($25::text)) desc, length(r.name), r.id limit $26;

-- server/repos/registry/store.ts deleteExpiredRepoNames
delete from repository_names where kept_until <= $1;

-- server/repos/registry/store.ts deleteRepoRows
delete from repositories where id = any($1::text[]);

-- server/repos/registry/store.ts deleteRepoRows
update repository_names set repo_id = null, current = false,
kept_until = case when current then $1::timestamptz else kept_until end,
released_by_id = case when current then $2 else released_by_id end
where repo_id = any($3::text[]);

-- server/repos/registry/store.ts findRepo
select r.id, r.type, r.name, coalesce(o.name, u.name) as namespace, r.private, r.gate, c.name as created_by,
r.created_at, r.updated_at, (r.git_bytes + r.lfs_bytes)::text as used_bytes, r.group_id, g.name as group_name
from repositories r left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
left join lateral (select * from "users" where id = "r"."creator_id" limit 1) c on true left join lateral (select * from "resource_groups" where id = "r"."group_id" limit 1) g on true where r.id = $1;

-- server/repos/registry/store.ts findRepoIds
select id from repositories where id = any($1::text[]);

-- server/repos/registry/store.ts insertRepo
insert into "repositories" ("id", "type", "user_id", "org_id", "name", "private", "creator_id", "group_id", "group_added_by", "created_at", "updated_at") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- server/repos/registry/store.ts lockOwnedRepos
select r.id, r.type, u.name as namespace, r.name, r.private
from repositories r join users u on u.id = r.user_id where r.user_id = $1
order by r.id for update of r;

-- server/repos/registry/store.ts lockRepoRow
select * from "repositories" where "id" = $1 for no key update;

-- server/repos/registry/store.ts moveRepoRow
update repositories set name = $1, user_id = $2,
org_id = $3,
group_id = case when $4::boolean then null else group_id end,
group_added_by = case when $5::boolean then null else group_added_by end
where id = $6;

-- server/repos/registry/store.ts retireRepoName
update repository_names set current = false, kept_until = $1,
released_by_id = $2 where repo_id = $3 and current;

-- server/repos/registry/store.ts setSettings
update "repositories" set "private" = $1, "gate" = $2, "gate_members" = $3, "gate_notifications" = $4, "gate_email" = $5 where "id" = $6;

-- server/repos/registry/store.ts takeRepoName
insert into repository_names (owner_id, type, lower_name, repo_id, current)
values ($1, $2, $3, $4, true)
on conflict (owner_id, type, lower_name) do update
set repo_id = excluded.repo_id, current = true, kept_until = null, released_by_id = null
where not repository_names.current and (repository_names.kept_until <= $5 or $6::boolean
or repository_names.repo_id = excluded.repo_id or repository_names.released_by_id = $7)
returning repo_id;

-- server/repos/registry/store.ts touchPushed
update repositories set pushed_at = $1, updated_at = $2 where id = $3;

-- server/repos/registry/store.ts wantPruning
update repositories set prune_wanted_at = $1 where id = $2;

-- server/repos/storage/storage-store.ts addGitBytes
update repositories set git_bytes = git_bytes + $1::bigint where id = $2;

-- server/repos/storage/storage-store.ts findLimit
select (case when o.storage_limit = -1 then null
when o.storage_limit is not null then o.storage_limit
when o.open_sign_up then i.sign_up_storage else i.org_storage end)::float8 as bytes
from "organizations" o cross join instance i where o.id = $1;

-- server/repos/storage/storage-store.ts findLimit
select (case when o.storage_limit = -1 then null
when o.storage_limit is not null then o.storage_limit
when o.open_sign_up then i.sign_up_storage else i.user_storage end)::float8 as bytes
from "users" o cross join instance i where o.id = $1;

-- server/repos/storage/storage-store.ts findRepoBytes
select (git_bytes + lfs_bytes)::float8 as bytes
from repositories where id = $1;

-- server/repos/storage/storage-store.ts findStorageOwner
select coalesce(user_id, org_id) as id, name,
case when user_id is null then 'org' else 'user' end as kind
from names where lower_name = $1 and current;

-- server/repos/storage/storage-store.ts findUsed
select coalesce(sum(r.git_bytes + r.lfs_bytes), 0)::float8 as bytes
from repositories r where "r"."org_id" = $1;

-- server/repos/storage/storage-store.ts findUsed
select coalesce(sum(r.git_bytes + r.lfs_bytes), 0)::float8 as bytes
from repositories r where "r"."user_id" = $1;

-- server/repos/storage/storage-store.ts listStorageOwners
select o.*, coalesce(u.bytes, 0)::float8 as used
from (select o.id, 'user'::text as type, o.name,
(case when o.storage_limit = -1 then null
when o.storage_limit is not null then o.storage_limit
when o.open_sign_up then i.sign_up_storage else i.user_storage end)::float8 as "limit", o.storage_limit::float8 as own_limit from "users" o cross join instance i
where o.state <> 'deleted' and o.state <> 'service' union all select o.id, 'org'::text as type, o.name,
(case when o.storage_limit = -1 then null
when o.storage_limit is not null then o.storage_limit
when o.open_sign_up then i.sign_up_storage else i.org_storage end)::float8 as "limit", o.storage_limit::float8 as own_limit from "organizations" o cross join instance i
where o.deleted_at is null) o
left join (select coalesce(org_id, user_id) as id, sum(git_bytes + lfs_bytes) as bytes
from repositories group by 1) u on u.id = o.id
where u.bytes is not null or o.own_limit is not null order by used desc, lower(o.name) limit $1;

-- server/repos/storage/storage-store.ts lockOwnLimit
select storage_limit::float8 as bytes from "organizations"
where id = $1 and deleted_at is null for no key update;

-- server/repos/storage/storage-store.ts setOwnLimit
update "organizations" set storage_limit = $1 where id = $2;

-- server/repos/storage/usage.ts setStorageLimit
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/repos/xet/xet-store.ts findGeneration
select xet_generation as generation from repositories
where id = $1;

-- server/repos/xet/xet-store.ts findStaged
select staged from xet_xorbs
where repo_id = $1 and staged = any($2::text[]);

-- server/repos/xet/xet-store.ts insertXorb
insert into xet_xorbs
(repo_id, hash, chunks, staged, staged_bytes, touched_at)
values ($1, $2, $3, $4, $5, $6)
on conflict do nothing;

-- server/repos/xet/xet-store.ts listStale
select repo_id, hash from xet_xorbs
where staged is not null and touched_at < $1 order by touched_at limit $2;

-- server/repos/xet/xet-store.ts raiseGenerations
update repositories set xet_generation = xet_generation + 1;

-- server/repos/xet/xet-store.ts touchXorbs
with held as (
select hash from xet_xorbs where repo_id = $1 and hash = any($2::text[])
order by hash for no key update)
update xet_xorbs x set touched_at = $3 from held
where x.repo_id = $4 and x.hash = held.hash returning x.hash;

-- server/scim/breaker-store.ts decideHeld
/* sent along */
insert into scim_operations (id, org_id, at, method, resource, subject, status, error)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- server/scim/breaker-store.ts decideHeld
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/scim/breaker-store.ts decideHeld
update scim_held set state = $1, decided_by = $2, decided_at = $3 where id = $4;

-- server/scim/breaker-store.ts findDecision
select state from scim_held
where org_id = $1 and fingerprint = $2
and ((state = 'waiting' and expires_at > $3) or (state = 'denied' and decided_at > $4))
order by id desc limit 1;

-- server/scim/breaker-store.ts insertRemovals
insert into scim_removals (org_id, user_id, was_admin, at)
select $1, w.id, w.was_admin, $2
from unnest($3::text[], $4::boolean[]) w(id, was_admin)
order by w.id
on conflict (org_id, user_id) do update set was_admin = scim_removals.was_admin or excluded.was_admin;

-- server/scim/breaker-store.ts listHeld
select id, case when state = 'waiting' and expires_at <= $1 then 'expired' else state end state,
request, summary, people, created_at, expires_at, decided_at, decided_by from scim_held where org_id = $2
order by (state = 'waiting' and expires_at > $3) desc, id desc limit $4;

-- server/scim/breaker-store.ts listRemovals
select user_id "userId", was_admin "wasAdmin" from scim_removals where org_id = $1;

-- server/scim/breaker-store.ts lockHeld
select id, case when state = 'waiting' and expires_at <= $1 then 'expired' else state end state,
request, summary, people, created_at, expires_at, decided_at, decided_by from scim_held
where org_id = $2 and id = $3 for update;

-- server/scim/breaker-store.ts lockWindow
delete from scim_removals where org_id = $1 and at <= $2;

-- server/scim/breaker-store.ts lockWindow
insert into scim_windows as w (org_id, began_at, members) values ($1, $2, (select count(*)::int from memberships m where m.org_id = $3 and (m.expires_at is null or m.expires_at > $4)))
on conflict (org_id) do update set
members = case when w.began_at <= $5 then excluded.members else w.members end,
began_at = case when w.began_at <= $6 then excluded.began_at else w.began_at end
returning began_at, members;

-- server/scim/groups-store.ts deleteGroup
delete from scim_groups where id = $1;

-- server/scim/groups-store.ts findGroup
select s.id, s.display_name, s.external_id,
case when $1::boolean then coalesce((select array_agg(gm.member_id::text order by gm.member_id)
from scim_group_members gm where gm.group_id = s.id), '{}') end members from scim_groups s
where s.org_id = $2 and s.id = $3;

-- server/scim/groups-store.ts listGroupRows
select s.id, s.display_name, s.external_id,
case when $1::boolean then coalesce((select array_agg(gm.member_id::text order by gm.member_id)
from scim_group_members gm where gm.group_id = s.id), '{}') end members from scim_groups s
where s.org_id = $2 and true order by s.id offset $3 limit $4;

-- server/scim/groups-store.ts listMembersOf
select distinct s.id, s.user_id "userId", u.name
from scim_group_members gm join lateral (select * from "scim_users" where id = "gm"."member_id" limit 1) s on true join lateral (select * from "users" where id = "s"."user_id" limit 1) u on true
where gm.group_id = any($1::text[]) order by s.id;

-- server/scim/groups-store.ts lockGroup
select from scim_groups where id = $1 for update;

-- server/scim/groups-store.ts updateGroup
update scim_groups set display_name = $1, external_id = $2, updated_at = $3
where id = $4;

-- server/scim/holdings-store.ts deleteProvisionedOf
delete from scim_users s where "s"."org_id" = $1 and s.user_id = $2;

-- server/scim/holdings-store.ts deleteProvisionedOf
delete from scim_users s where true and s.user_id = $1;

-- server/scim/links-store.ts freeLinked
update resource_groups g set managed_by = 'manual' from scim_group_links l
where l.group_id = $1 and g.id = l.resource_group_id and g.id <> all($2::text[])
and not exists (select from scim_group_links o where o.resource_group_id = g.id and o.group_id <> $3);

-- server/scim/links-store.ts listLinks
select g.id, g.name, l.role from scim_group_links l
join resource_groups g on g.id = l.resource_group_id where l.group_id = $1 order by lower(g.name);

-- server/scim/links-store.ts lockDoors
select from organizations where id = $1 for update;

-- server/scim/links-store.ts lockTargets
select g.id, g.name, g.managed_by = 'scim' "isLinked",
g.auto_join_role is not null "hasAutoJoin",
exists (select from group_roles r where r.group_id = g.id and r.source = 'manual') "hasPeople"
from resource_groups g where g.id = any($1::text[]) order by g.id for no key update;

-- server/scim/links-store.ts replaceLinks
delete from scim_group_links where group_id = $1 and resource_group_id <> all($2::text[]);

-- server/scim/links-store.ts replaceLinks
insert into scim_group_links (group_id, resource_group_id, org_id, role, linked_at)
select $1, w.id, $2, w.role, $3
from unnest($4::text[], $5::org_role[]) w(id, role) order by w.id
on conflict (group_id, resource_group_id) do update set role = excluded.role;

-- server/scim/links-store.ts replaceLinks
update resource_groups set managed_by = 'scim' where id = any($1::text[]) and managed_by <> 'scim';

-- server/scim/lists-store.ts listOperationRows
select id, at, method, resource, subject, status, error from scim_operations
where org_id = $1 and ($2::text is null or id < $3)
and (not $4::boolean or error is not null)
order by id desc limit $5;

-- server/scim/lists-store.ts listProvisioned
select s.id, s.user_name, u.name "user", u.fullname,
exists (select from memberships m where m.org_id = s.org_id and m.user_id = s.user_id and (m.expires_at is null or m.expires_at > $1)) is_member,
exists (select from invitations i where i.scim_user_id = s.id and i.state = 'pending' and i.expires_at > $2) is_invited,
coalesce((select array_agg(g.display_name order by lower(g.display_name)) from scim_group_members gm
join lateral (select * from "scim_groups" where id = "gm"."group_id" limit 1) g on true where gm.member_id = s.id), '{}') "groups"
from scim_users s join users u on u.id = s.user_id
where s.org_id = $3 and s.id > $4 and lower(s.user_name || ' ' || u.name || ' ' || u.fullname) like $5
order by s.id limit $6;

-- server/scim/lists-store.ts listProvisionedGroupRows
select s.id, s.display_name,
(select count(*)::int from scim_group_members gm where gm.group_id = s.id) members,
coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'role', l.role) order by lower(g.name))
from scim_group_links l join resource_groups g on g.id = l.resource_group_id where l.group_id = s.id), '[]') links
from scim_groups s where s.org_id = $1 and s.id > $2 and lower(s.display_name) like $3
order by s.id limit $4;

-- server/scim/operations-store.ts deleteOperations
delete from scim_operations where at < $1;

-- server/scim/operations.ts carryOut
/* sent along */
insert into scim_operations (id, org_id, at, method, resource, subject, status, error)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- server/scim/operations.ts carryOut
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/scim/sleep.ts remove
delete from repo_collaborators rc using repositories r
where r.id = rc.repo_id and "r"."org_id" = $1 and rc.user_id = $2;

-- server/scim/sleep.ts remove
select from repositories r where "r"."org_id" = $1
and r.id in (select rc.repo_id from repo_collaborators rc where rc.user_id = $2)
order by r.id for no key update of r;

-- server/scim/tokens-store.ts countProvisioned
select
(select count(*)::int from scim_users where org_id = $1) users,
(select count(*)::int from scim_users where org_id = $2 and active) active_users,
(select count(*)::int from scim_groups where org_id = $3) "groups",
(select count(distinct group_id)::int from scim_group_links where org_id = $4) linked_groups,
(select count(*)::int from scim_held where org_id = $5 and state = 'waiting') held;

-- server/scim/tokens-store.ts deleteToken
delete from access_tokens where id = $1;

-- server/scim/tokens-store.ts listTokens
select t.id, t.name, t.last4, t.created_at, t.last_used_at
from service_accounts sa join access_tokens t on t.user_id = sa.id
where sa.org_id = $1 and sa.kind = 'scim' order by t.id;

-- server/scim/tokens-store.ts lockToken
select id, name, last4, created_at, last_used_at from access_tokens
where id = $1 and user_id = $2 for update;

-- server/scim/users-store.ts deleteUser
delete from scim_users where id = $1;

-- server/scim/users-store.ts findAccountOf
select u.id, u.name, u.fullname, u.managed_by "managedBy"
from emails e join users u on u.id = e.user_id and u.state = 'active'
where lower(e.address) = lower($1) and e.verified_at is not null;

-- server/scim/users-store.ts findUser
select s.id, s.user_id, s.user_name, s.external_id, s.email, s.given_name, s.family_name,
u.fullname, u.name account, coalesce(u.managed_by = s.org_id, false) managed, s.active wanted, (s.active and (
coalesce((select true from memberships m where m.org_id = s.org_id and m.user_id = s.user_id and (m.expires_at is null or m.expires_at > $1) limit 1), false)
or coalesce((select true from invitations i where i.scim_user_id = s.id and i.state = 'pending' and i.expires_at > $2 limit 1), false))) active, s.asleep from scim_users s join users u on u.id = s.user_id
where s.org_id = $3 and s.id = $4;

-- server/scim/users-store.ts listUserRows
select s.id, s.user_id, s.user_name, s.external_id, s.email, s.given_name, s.family_name,
u.fullname, u.name account, coalesce(u.managed_by = s.org_id, false) managed, s.active wanted, (s.active and (
coalesce((select true from memberships m where m.org_id = s.org_id and m.user_id = s.user_id and (m.expires_at is null or m.expires_at > $1) limit 1), false)
or coalesce((select true from invitations i where i.scim_user_id = s.id and i.state = 'pending' and i.expires_at > $2 limit 1), false))) active, s.asleep from scim_users s join users u on u.id = s.user_id
where s.org_id = $3 and true order by s.id offset $4 limit $5;

-- server/scim/users-store.ts lockUser
select from scim_users where id = $1 for update;

-- server/scim/users-store.ts setAsleep
update scim_users set asleep = $1::jsonb where id = $2;

-- server/scim/users-store.ts updateUser
update scim_users set user_name = $1, external_id = $2, email = $3,
given_name = $4, family_name = $5, active = $6, updated_at = $7
where id = $8;

-- server/service-accounts/organization-token-store.ts findOrganizationToken
select ot.token_id, t.last4, t.created_at, t.last_used_at, ot.sealed
from organization_tokens ot join access_tokens t on t.id = ot.token_id where ot.org_id = $1;

-- server/service-accounts/organization-token-store.ts insertOrganizationToken
insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
values ($1, $2, $3, 'Organization API token', 'fineGrained', $4, $5);

-- server/service-accounts/organization-token-store.ts insertOrganizationToken
insert into organization_tokens (org_id, token_id, sealed) values ($1, $2, $3);

-- server/service-accounts/organization-token-store.ts lockOrganizationToken
select from access_tokens where id = (select token_id from organization_tokens where org_id = $1)
for update;

-- server/service-accounts/store.ts deleteAccount
delete from access_tokens where user_id = $1;

-- server/service-accounts/store.ts deleteAccount
delete from service_accounts where id = $1;

-- server/service-accounts/store.ts deleteAccount
update users set state = 'deleted' where id = $1;

-- server/service-accounts/store.ts deleteToken
delete from access_tokens where id = $1;

-- server/service-accounts/store.ts findAccountOfKind
select id from service_accounts where org_id = $1 and kind = $2 limit 1;

-- server/service-accounts/store.ts findMember
select m.user_id id from names n
join memberships m on m.user_id = n.user_id and m.org_id = $1 and (m.expires_at is null or m.expires_at > $2)
where n.lower_name = $3 and n.current;

-- server/service-accounts/store.ts findNameable
select r.id from repositories r
where r.id = any($1::text[]) and (r.org_id = $2 or not r.private)
and not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null);

-- server/service-accounts/store.ts freeUsername
select c.name from (select $1::text as name, 1 as place
union all select $2::text || '-' || i, i from generate_series(2, 200) i) c
where (select true from service_accounts sa where sa.username = c.name limit 1) is null order by c.place limit 1;

-- server/service-accounts/store.ts insertAccount
with fits as (select from (values (true)) one
where (select count(*) from service_accounts where org_id = $1 and kind = $2) < $3::integer),
account as (insert into users (id, name, fullname, state, created_at)
select $4, $5, $6, 'service', $7::timestamptz from fits returning id)
insert into service_accounts (id, org_id, kind, username, description, owner_id)
select id, $8, $9, $10, $11, $12 from account returning id;

-- server/service-accounts/store.ts insertToken
insert into access_tokens (id, user_id, hash, name, role, last4, created_at)
select $1, $2, $3, $4, 'fineGrained', $5, $6::timestamptz
where (select count(*) from access_tokens where user_id = $7) < $8::integer returning id;

-- server/service-accounts/store.ts listAccounts
select a.id, sa.username, a.fullname "name", sa.description, a.created_at,
(select json_build_object('user', u.name, 'fullname', u.fullname) from users u where u.id = sa.owner_id) "owner"
from service_accounts sa join lateral (select * from "users" where id = "sa"."id" limit 1) a on true
where sa.org_id = $1 and sa.kind = 'service_account' and sa.id = coalesce($2, sa.id)
order by sa.id;

-- server/service-accounts/store.ts listTokens
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/service-accounts/store.ts listTokens
select t.id, t.user_id account_id, t.name, t.last4, t.created_at, t.last_used_at, t.skips_network_security skips_network,
coalesce((select ts.permissions from token_scopes ts where ts.token_id = t.id and ts.org_id is not null), '{}') permissions,
coalesce(s.repositories, '[]') repositories, coalesce(s.permissions, '{}') repository_permissions
from unnest($1::text[]) account_id
join lateral (select * from access_tokens where user_id = account_id limit $2) t on true
left join lateral (
select json_agg(json_build_object('id', r.id, 'type', r.type, 'name', coalesce(o.name, u.name) || '/' || r.name)
order by r.id) repositories, max(ts.permissions) permissions
from token_scopes ts join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) r on true
left join lateral (select * from "organizations" where id = "r"."org_id" limit 1) o on true left join lateral (select * from "users" where id = "r"."user_id" limit 1) u on true
where ts.token_id = t.id) s on true order by t.id;

-- server/service-accounts/store.ts lockToken
select from access_tokens where id = $1 and user_id = $2 for update;

-- server/service-accounts/store.ts replaceReach
delete from token_scopes where token_id = $1;

-- server/service-accounts/store.ts replaceReach
insert into token_scopes (token_id, org_id, permissions)
values ($1, $2, $3::text[]);

-- server/service-accounts/store.ts replaceReach
insert into token_scopes (token_id, repo_id, permissions)
select $1, id, $2::text[] from unnest($3::text[]) id;

-- server/service-accounts/store.ts replaceSecret
update access_tokens set hash = $1, last4 = $2, last_used_at = null, rotated_at = $3 where id = $4;

-- server/service-accounts/store.ts updateAccount
update service_accounts set description = $1, owner_id = coalesce($2, owner_id)
where id = $3;

-- server/service-accounts/store.ts updateAccount
update users set fullname = $1 where id = $2;

-- server/sso/break-glass-store.ts countCodes
select count(*)::int n from sso_break_glass_codes
where org_id = $1 and used_at is null;

-- server/sso/break-glass-store.ts findBreakGlassAdmins
select u.id "userId", u.name, m.role = 'admin' and m.expires_at is null and u.state = 'active'
and exists (select from emails fe where fe.user_id = u.id and fe.verified_at is not null)
and (not o.require_2fa or (u.totp_enabled_at is not null or u.managed_by is not null)) and (not o.sso_mode = 'enforced' or not not m.is_external or coalesce((select true from sso_identities gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false) or coalesce((select true from sso_break_glass_admins gs where gs.org_id = m.org_id and gs.user_id = m.user_id limit 1), false)) counts
from sso_break_glass_admins b join memberships m on m.org_id = b.org_id and m.user_id = b.user_id
join organizations o on o.id = b.org_id join users u on u.id = b.user_id
where b.org_id = $1 order by u.name collate "C";

-- server/sso/break-glass-store.ts replaceCodes
delete from sso_break_glass_codes where org_id = $1;

-- server/sso/break-glass-store.ts replaceCodes
insert into sso_break_glass_codes (org_id, hash) select $1, hash from unnest($2::bytea[]) hash;

-- server/sso/break-glass-store.ts setBreakGlassAdmins
delete from sso_break_glass_admins where org_id = $1;

-- server/sso/break-glass-store.ts setBreakGlassAdmins
with added as (insert into sso_break_glass_admins (org_id, user_id, added_at)
select m.org_id, m.user_id, $1 from names n
join lateral (select * from memberships where org_id = $2 and user_id = n.user_id limit 1) m on true
where n.lower_name = any($3::text[]) and n.current and m.role = 'admin'
returning user_id)
select u.name from added join users u on u.id = added.user_id order by u.name collate "C";

-- server/sso/break-glass.ts breakGlass
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/break-glass.ts createBreakGlassCodes
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/config-store.ts countIdentities
select count(*)::int n from sso_identities where org_id = $1;

-- server/sso/config-store.ts deleteSsoConfig
delete from sso_configs where org_id = $1;

-- server/sso/config-store.ts deleteTests
delete from sso_tests where org_id = $1;

-- server/sso/config-store.ts findSsoConfig
select c.org_id "orgId", o.sso_mode "mode", c.protocol, c.issuer, c.session_timeout_minutes "sessionTimeoutMinutes",
c.email_path "emailPath", c.email_domains "emailDomains", c.role_path "rolePath", c.role_mapping "roleMapping",
c.group_path "groupPath", c.group_mapping "groupMapping", c.client_id "clientId", c.client_secret "clientSecret",
c.authorization_endpoint "authorizationEndpoint", c.token_endpoint "tokenEndpoint", c.jwks_uri "jwksUri",
c.userinfo_endpoint "userinfoEndpoint", c.changed_by "changedBy", c.configured_at "configuredAt",
c.mapping_changed_at "mappingChangedAt", c.updated_at "updatedAt"
from sso_configs c join organizations o on o.id = c.org_id where c.org_id = $1;

-- server/sso/config-store.ts isManaged
select from organizations where id = $1 and managed_since is not null;

-- server/sso/config-store.ts lockSsoMode
select sso_mode mode from organizations where id = $1 for no key update;

-- server/sso/config-store.ts putSsoConfig
insert into sso_configs (org_id, protocol, issuer, session_timeout_minutes, email_path, email_domains, role_path,
role_mapping, group_path, group_mapping, client_id, client_secret, authorization_endpoint, token_endpoint, jwks_uri,
userinfo_endpoint, changed_by, configured_at, mapping_changed_at, updated_at)
values ($1, $2, $3, $4, $5, $6::text[],
$7, $8::jsonb, $9, $10::jsonb, $11, $12,
$13, $14, $15, $16, $17,
$18, $19, $20)
on conflict (org_id) do update set (protocol, issuer, session_timeout_minutes, email_path, email_domains, role_path,
role_mapping, group_path, group_mapping, client_id, client_secret, authorization_endpoint, token_endpoint, jwks_uri,
userinfo_endpoint, changed_by, configured_at, mapping_changed_at, updated_at)
= (excluded.protocol, excluded.issuer, excluded.session_timeout_minutes, excluded.email_path, excluded.email_domains,
excluded.role_path, excluded.role_mapping, excluded.group_path, excluded.group_mapping, excluded.client_id,
excluded.client_secret, excluded.authorization_endpoint, excluded.token_endpoint, excluded.jwks_uri,
excluded.userinfo_endpoint, excluded.changed_by, excluded.configured_at, excluded.mapping_changed_at,
excluded.updated_at);

-- server/sso/config-store.ts setSsoMode
update organizations set sso_mode = $1 where id = $2;

-- server/sso/config-store.ts unlinkAll
delete from sso_identities where org_id = $1;

-- server/sso/config-store.ts unlinkAll
delete from sso_pending where org_id = $1;

-- server/sso/config-store.ts unlinkAll
delete from sso_sessions where org_id = $1;

-- server/sso/holdings-store.ts listSessionsOf
select id, expires_at "expiresAt" from sso_sessions
where org_id = $1 and user_id = $2 and expires_at > $3 order by id;

-- server/sso/pending-store.ts deleteExpired
delete from sso_pending where expires_at < $1;

-- server/sso/pending-store.ts deleteExpired
delete from sso_sessions where expires_at < $1;

-- server/sso/pending-store.ts deleteExpired
delete from sso_used_assertions where expires_at < $1;

-- server/sso/pending-store.ts insertPending
insert into sso_pending (state_hash, org_id, user_id, session_id, browser_hash, is_test, asks_again, protocol, nonce, code_verifier,
request_id, return_to, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
$10, $11, $12, $13, $14);

-- server/sso/pending-store.ts takePending
delete from sso_pending
where state_hash = $1 and org_id = $2 and (session_id = $3 or browser_hash = $4) and expires_at > $5
returning state_hash "stateHash", org_id "orgId", user_id "userId", session_id "sessionId", browser_hash "browserHash", is_test "isTest", asks_again "asksAgain", protocol,
nonce, code_verifier "codeVerifier", request_id "requestId", return_to "returnTo", identity, expires_at "expiresAt";

-- server/sso/people-store.ts endOwnSessions
with ended as materialized (select id from sso_sessions
where org_id = $1 and user_id = $2 order by id for update)
delete from sso_sessions s using ended where s.id = ended.id returning s.id;

-- server/sso/people-store.ts findAdminAddresses
select e.address from memberships m join users u on u.id = m.user_id and u.state = 'active'
join emails e on e.user_id = u.id and e.is_primary and e.verified_at is not null
where m.org_id = $1 and m.role = 'admin' and (m.expires_at is null or m.expires_at > $2) order by m.id;

-- server/sso/people-store.ts findOwnSession
select expires_at "expiresAt", is_break_glass "isBreakGlass" from sso_sessions
where org_id = $1 and session_id = $2 and expires_at > $3;

-- server/sso/people-store.ts listIdentities
select u.id "userId", u.name "user", u.fullname, i.subject, i.email, i.linked_at "linkedAt", i.last_used_at "lastUsedAt",
exists (select from sso_sessions s where s.org_id = i.org_id and s.user_id = i.user_id and s.expires_at > $1
and not s.is_break_glass) "isSignedIn"
from sso_identities i join users u on u.id = i.user_id
where i.org_id = $2 and i.user_id > $3 order by i.user_id limit $4;

-- server/sso/people-store.ts listOwn
select o.name organization, i.subject, i.email, i.linked_at "linkedAt", i.last_used_at "lastUsedAt", s.expires_at "sessionUntil",
(select count(*)::int from sso_sessions n where n.org_id = i.org_id and n.user_id = i.user_id and n.expires_at > $1
and not n.is_break_glass) sessions
from sso_identities i join organizations o on o.id = i.org_id and o.deleted_at is null
left join sso_sessions s on s.org_id = i.org_id and s.session_id = $2 and s.expires_at > $3 and not s.is_break_glass
where i.user_id = $4 order by o.name collate "C";

-- server/sso/people-store.ts unlink
delete from sso_identities where org_id = $1 and user_id = $2 returning user_id;

-- server/sso/people-store.ts unlink
delete from sso_sessions where org_id = $1 and user_id = $2 and not is_break_glass;

-- server/sso/people.ts setExternal
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/people.ts unlinkSsoIdentity
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/saml-config.ts updateSaml
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/saml-store.ts findPendingSaml
select p.request_id "requestId", p.is_test "isTest", p.user_id "userId", u.name "userName"
from sso_pending p left join users u on u.id = p.user_id
where p.state_hash = $1 and p.org_id = $2 and p.protocol = 'saml' and p.request_id is not null
and p.identity is null and p.expires_at > $3;

-- server/sso/saml-store.ts findSaml
select issuer, saml_sso_url "ssoUrl", array(select c->>'pem' from jsonb_array_elements(saml_certificates) c) pems,
saml_metadata_url "metadataUrl", saml_metadata_fetched_at "fetchedAt", saml_keys keys from sso_configs where org_id = $1 and protocol = 'saml' and saml_sso_url is not null;

-- server/sso/saml-store.ts listStale
select c.org_id "orgId" from sso_configs c join organizations o on o.id = c.org_id
where c.protocol = 'saml' and c.saml_metadata_url is not null and o.deleted_at is null
and c.saml_metadata_fetched_at < $1 order by c.saml_metadata_fetched_at limit $2;

-- server/sso/saml-store.ts upsertSaml
delete from sso_pending where org_id = $1;

-- server/sso/saml-store.ts upsertSaml
delete from sso_tests where org_id = $1;

-- server/sso/saml-store.ts upsertSaml
insert into sso_configs (org_id, protocol, issuer, saml_sso_url, saml_certificates, saml_metadata_url,
saml_metadata_fetched_at, saml_keys, changed_by, configured_at, mapping_changed_at, updated_at)
values ($1, 'saml', $2, $3, $4::jsonb,
$5, $6, $7, $8, $9, $10, $11)
on conflict (org_id) do update set protocol = 'saml', issuer = excluded.issuer, saml_sso_url = excluded.saml_sso_url,
saml_certificates = excluded.saml_certificates, saml_metadata_url = excluded.saml_metadata_url,
saml_metadata_fetched_at = excluded.saml_metadata_fetched_at,
saml_keys = coalesce(sso_configs.saml_keys, excluded.saml_keys), changed_by = excluded.changed_by,
configured_at = case when sso_configs.issuer = excluded.issuer then sso_configs.configured_at else excluded.configured_at end,
updated_at = excluded.updated_at;

-- server/sso/settings.ts deleteSso
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/settings.ts setSso
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/settings.ts setSsoMode
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/sign-in-store.ts putSsoSession
insert into sso_sessions (id, org_id, user_id, session_id, is_break_glass, subject, sid, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (session_id, org_id) where session_id is not null do update set (id, user_id, is_break_glass, subject, sid, created_at, expires_at)
= (excluded.id, excluded.user_id, excluded.is_break_glass, excluded.subject, excluded.sid, excluded.created_at, excluded.expires_at);

-- server/sso/sign-in.ts recordRefusal
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/sso/testing-store.ts findTest
select tested_at at, succeeded, report from sso_tests
where org_id = $1 and user_id = $2;

-- server/tokens/holdings-store.ts deleteTokensOf
delete from access_tokens where user_id = $1;

-- server/tokens/holdings-store.ts listReachingTokens
select t.id, t.name, t.last4, t.role, t.last_used_at "lastUsedAt"
from access_tokens t where t.user_id = $1
and (select tst.state from token_states tst where tst.org_id = $2 and tst.token_id = t.id) is distinct from 'revoked'
and (exists (select from memberships m where m.org_id = $3 and m.user_id = $4
and (m.expires_at is null or m.expires_at > $5))
or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
where r.org_id = $6 and rc.user_id = $7 and (rc.expires_at is null or rc.expires_at > $8))) order by t.id;

-- server/tokens/holdings-store.ts revokeTrust
insert into token_states (org_id, token_id, state, changed_at)
select $1, t.id, 'revoked', $2::timestamptz from access_tokens t where t.user_id = $3
and (select tst.state from token_states tst where tst.org_id = $4 and tst.token_id = t.id) is distinct from 'revoked'
and (exists (select from memberships m where m.org_id = $5 and m.user_id = $6
and (m.expires_at is null or m.expires_at > $7))
or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
where r.org_id = $8 and rc.user_id = $9 and (rc.expires_at is null or rc.expires_at > $10)))
on conflict (org_id, token_id) do update set state = 'revoked', changed_at = excluded.changed_at;

-- server/tokens/leaks-store.ts deleteLeaked
with found as (
select id from access_tokens where id in (
select id from access_tokens where hash = any($1::bytea[])
union all select token_id from refresh_tokens where hash = any($2::bytea[]))
order by id for update),
gone as (delete from access_tokens t using found where t.id = found.id returning t.*)
select gone.id, gone.name, gone.role, gone.last4, u.name owner, sa.org_id, o.name org_name,
case when sa.id is null then array(select e.address from emails e where e.user_id = u.id and e.verified_at is not null
order by e.is_primary desc, e.id) else array(select e.address from memberships m join users a on a.id = m.user_id and a.state = 'active'
join emails e on e.user_id = a.id and e.is_primary and e.verified_at is not null
where m.org_id = sa.org_id and m.role = 'admin' and (m.expires_at is null or m.expires_at > $3) order by m.id limit $4) end addresses
from gone join users u on u.id = gone.user_id
left join service_accounts sa on sa.id = u.id left join organizations o on o.id = sa.org_id
order by gone.id;

-- server/tokens/leaks.ts deleteAndTell
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/tokens/organizations/approval-store.ts approveIn
insert into token_states (org_id, token_id, state, changed_at)
select id, $1, 'approved', $2::timestamptz from unnest($3::text[]) id
on conflict (org_id, token_id) do nothing;

-- server/tokens/organizations/approval-store.ts endApprovals
delete from token_states
where token_id = $1 and org_id = any($2::text[]) and state = 'approved';

-- server/tokens/organizations/approval-store.ts findAskedOrgs
select o.id, o.name, o.token_policy "policy", exists (select from memberships m where m.org_id = o.id and m.user_id = $1 and (m.expires_at is null or m.expires_at > $2) and m.role = 'admin') "isAdmin", s.state decided
from organizations o left join token_states s on s.org_id = o.id and s.token_id = $3
where o.id = any($4::text[]) and o.deleted_at is null and (exists (select from memberships m where m.org_id = o.id and m.user_id = $5 and (m.expires_at is null or m.expires_at > $6))
or exists (select from repo_collaborators rc join repositories r on r.id = rc.repo_id
where rc.user_id = $7 and r.org_id = o.id and (rc.expires_at is null or rc.expires_at > $8)))
order by o.id;

-- server/tokens/organizations/approval-store.ts findReachByOrg
select coalesce(ts.org_id, g.org_id, r.org_id) org_id,
string_agg(concat_ws(' ', ts.org_id, ts.group_id, ts.repo_id, ts.permissions::text), ', '
order by ts.org_id, ts.group_id, ts.repo_id) words
from token_scopes ts left join resource_groups g on g.id = ts.group_id left join repositories r on r.id = ts.repo_id
where ts.token_id = $1 and coalesce(ts.org_id, g.org_id, r.org_id) is not null group by 1;

-- server/tokens/organizations/list.ts exportOrgTokens
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/tokens/organizations/reach-store.ts countReaching
select count(*) filter (where state <> 'revoked' and true)::int tokens, count(*) filter (where state <> 'revoked' and state = 'pending')::int pending,
count(*) filter (where state <> 'revoked' and state = 'denied')::int denied, count(*) filter (where state <> 'revoked' and state = 'blocked')::int blocked,
count(*) filter (where state = 'revoked')::int revoked, count(*) filter (where state <> 'revoked' and is_unused)::int unused,
count(*) filter (where state <> 'revoked' and is_first)::int "neverRotated", count(*) filter (where state <> 'revoked' and expires_soon)::int "expiresSoon", count(*) filter (where state <> 'revoked' and is_broad)::int broad
from (select case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state, coalesce(t.last_used_at, t.created_at) <= $1::timestamptz is_unused,
t.rotated_at is null is_first,
t.expires_at <= $2::timestamptz expires_soon, (t.role = 'write' or exists (select from token_scopes ts
where ts.token_id = t.id and ts.org_id = o.id
and ts.permissions && array['repo.write', 'org.write', 'resourceGroup.write'])) is_broad
from organizations o join access_tokens t on t.user_id = any(array(
select m.user_id from memberships m where m.org_id = $3 and (m.expires_at is null or m.expires_at > $4)
union all
select rc.user_id from repositories r
join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on (rc.expires_at is null or rc.expires_at > $5)
where r.org_id = $6
union all select sa.id from service_accounts sa where sa.org_id = $7 and sa.kind = 'service_account')) and (t.expires_at is null or t.expires_at > $8)
join users u on u.id = t.user_id and u.state in ('active', 'service')
left join token_states s on s.org_id = o.id and s.token_id = t.id
where o.id = $9 and (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false))) each;

-- server/tokens/organizations/reach-store.ts findReaching
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/tokens/organizations/reach-store.ts findReaching
select t.id, u.id "userId", u.name "user", u.fullname, u.state = 'service' "isService", t.name, t.role, t.last4,
t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state
from organizations o join access_tokens t on t.user_id = any(array(
select m.user_id from memberships m where m.org_id = $1 and (m.expires_at is null or m.expires_at > $2)
union all
select rc.user_id from repositories r
join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on (rc.expires_at is null or rc.expires_at > $3)
where r.org_id = $4)) and (t.expires_at is null or t.expires_at > $5)
join users u on u.id = t.user_id and u.state in ('active', 'service')
left join token_states s on s.org_id = o.id and s.token_id = t.id
where o.id = $6 and (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false)) and t.hash = $7;

-- server/tokens/organizations/reach-store.ts findReaching
select t.id, u.id "userId", u.name "user", u.fullname, u.state = 'service' "isService", t.name, t.role, t.last4,
t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state
from organizations o join access_tokens t on t.user_id = any(array(
select m.user_id from memberships m where m.org_id = $1 and (m.expires_at is null or m.expires_at > $2)
union all
select rc.user_id from repositories r
join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on (rc.expires_at is null or rc.expires_at > $3)
where r.org_id = $4)) and (t.expires_at is null or t.expires_at > $5)
join users u on u.id = t.user_id and u.state in ('active', 'service')
left join token_states s on s.org_id = o.id and s.token_id = t.id
where o.id = $6 and (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false)) and t.id = $7;

-- server/tokens/organizations/reach-store.ts holdToken
select from access_tokens where id = $1 for share;

-- server/tokens/organizations/reach-store.ts listAmong
select t.id, u.id "userId", u.name "user", u.fullname, u.state = 'service' "isService", t.name, t.role, t.last4,
t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state
from (select c.* from access_tokens c where c.user_id = any(array(
select m.user_id from memberships m where m.org_id = $1 and (m.expires_at is null or m.expires_at > $2)
union all
select rc.user_id from repositories r
join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on (rc.expires_at is null or rc.expires_at > $3)
where r.org_id = $4
union all select sa.id from service_accounts sa where sa.org_id = $5 and sa.kind = 'service_account')) and (c.expires_at is null or c.expires_at > $6)
order by c.id desc offset 0) t
join organizations o on o.id = $7
join lateral (select * from "users" where id = "t"."user_id" limit 1) u on u.state in ('active', 'service')
left join lateral (select state from token_states where org_id = o.id and token_id = t.id limit 1) s on true
where (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false)) and s.state is distinct from 'revoked' order by t.id desc limit $8;

-- server/tokens/organizations/reach-store.ts listAmong
select t.id, u.id "userId", u.name "user", u.fullname, u.state = 'service' "isService", t.name, t.role, t.last4,
t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state
from (select n.* from (select c.* from access_tokens c where true
order by c.id desc limit $1) n
where (n.expires_at is null or n.expires_at > $2) and (
(select true from memberships m where m.org_id = $3 and m.user_id = n.user_id and (m.expires_at is null or m.expires_at > $4) limit 1)
or (select true from repo_collaborators rc join lateral (select * from "repositories" where id = "rc"."repo_id" limit 1) r on r.org_id = $5
where rc.user_id = n.user_id and (rc.expires_at is null or rc.expires_at > $6) limit 1)
or (select true from service_accounts sa where sa.id = n.user_id and sa.org_id = $7
and sa.kind = 'service_account'))) t
join organizations o on o.id = $8
join lateral (select * from "users" where id = "t"."user_id" limit 1) u on u.state in ('active', 'service')
left join lateral (select state from token_states where org_id = o.id and token_id = t.id limit 1) s on true
where (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false)) and s.state is distinct from 'revoked' order by t.id desc limit $9;

-- server/tokens/organizations/reach-store.ts listBroken
select t.id, u.id "userId", u.name "user", u.fullname, u.state = 'service' "isService", t.name, t.role, t.last4,
t.created_at "createdAt", t.expires_at "expiresAt", t.last_used_at "lastUsedAt", t.rotated_at "rotatedAt", s.state decided, case when u.state = 'service' then 'active' else case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end end state, count(*) over ()::int count
from organizations o join access_tokens t on t.user_id = any(array(
select m.user_id from memberships m where m.org_id = $1 and (m.expires_at is null or m.expires_at > $2)
union all
select rc.user_id from repositories r
join lateral (select * from repo_collaborators where repo_id = r.id offset 0) rc on (rc.expires_at is null or rc.expires_at > $3)
where r.org_id = $4)) and (t.expires_at is null or t.expires_at > $5)
join users u on u.id = t.user_id and u.state in ('active', 'service')
left join token_states s on s.org_id = o.id and s.token_id = t.id
where o.id = $6 and (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false)) and (case when (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = t.id) = 'approved' then 'approved' else 'pending' end in ('active', 'approved'))
and not (select (case when (select tst.state from token_states tst where tst.org_id = after.id and tst.token_id = t.id) = 'revoked' then 'revoked'
when after.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and (select tst.state from token_states tst where tst.org_id = after.id and tst.token_id = t.id) = 'denied' then 'denied'
when (after.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (after.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + after.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when after.token_policy <> 'approval' then 'active' when (select tst.state from token_states tst where tst.org_id = after.id and tst.token_id = t.id) = 'approved' then 'approved' else 'pending' end in ('active', 'approved')) from (select $7::text id, $8::text token_policy,
$9::integer token_max_lifetime_days) after)
order by t.id desc limit $10;

-- server/tokens/organizations/reach-store.ts listReachScopes
select ts.token_id, ts.permissions, coalesce(ts.org_id, ts.group_id, ts.repo_id) id,
case when ts.org_id is not null then 'org' when ts.group_id is not null then 'resource-group' else r.type::text end "type",
case when ts.org_id is not null then o.name else o.name || '/' || coalesce(g.name, r.name) end "name"
from token_scopes ts join organizations o on o.id = $1
left join resource_groups g on g.id = ts.group_id and g.org_id = o.id
left join repositories r on r.id = ts.repo_id and r.org_id = o.id
where ts.token_id = any($2::text[]) and (ts.org_id = o.id or g.id is not null or r.id is not null)
order by ts.token_id, 4, 5, 3;

-- server/tokens/organizations/reach-store.ts setTokenState
insert into token_states (org_id, token_id, state, changed_at)
values ($1, $2, $3, $4::timestamptz)
on conflict (org_id, token_id) do update set state = excluded.state, changed_at = excluded.changed_at;

-- server/tokens/organizations/standings-store.ts listStandings
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/tokens/organizations/standings-store.ts listStandings
select t.id "tokenId", o.name org, t.role, t.created_at "createdAt", t.expires_at "expiresAt", s.state decided,
o.token_policy "tokenPolicy", o.token_max_lifetime_days "tokenMaxLifetimeDays", case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end state
from (select m.org_id from memberships m where m.user_id = $1 and (m.expires_at is null or m.expires_at > $2)
union select r.org_id from repo_collaborators rc join lateral (select * from "repositories" where id = "rc"."repo_id" limit 1) r on r.org_id is not null
where rc.user_id = $3 and (rc.expires_at is null or rc.expires_at > $4)) mine
join lateral (select * from "organizations" where id = "mine"."org_id" limit 1) o on o.deleted_at is null
join access_tokens t on t.user_id = $5 and t.id = any($6::text[])
left join token_states s on s.org_id = o.id and s.token_id = t.id
where case when s.state = 'revoked' then 'revoked'
when o.token_policy = 'approval' and (t.role = 'fineGrained')::boolean and s.state = 'denied' then 'denied'
when (o.token_policy <> 'any' and not (t.role = 'fineGrained')::boolean) or (o.token_max_lifetime_days is not null and coalesce(
t.expires_at::timestamptz > t.created_at::timestamptz + o.token_max_lifetime_days * interval '24 hours' + interval '3600 seconds', true)) then 'blocked'
when o.token_policy <> 'approval' then 'active' when s.state = 'approved' then 'approved' else 'pending' end <> 'active' and (t.role <> 'fineGrained' or coalesce((select true from token_scopes ts left join lateral (select * from "resource_groups" where id = "ts"."group_id" limit 1) sg on true
left join lateral (select * from "repositories" where id = "ts"."repo_id" limit 1) sr on true
where ts.token_id = t.id and coalesce(ts.org_id, sg.org_id, sr.org_id) = o.id limit 1), false))
order by t.id, o.name collate "C";

-- server/tokens/refresh-store.ts deleteExpiredRefreshTokens
delete from refresh_tokens where expires_at <= $1;

-- server/tokens/refresh-store.ts insertRefreshToken
insert into refresh_tokens (hash, token_id, client_id, expires_at)
values ($1, $2, $3, $4);

-- server/tokens/refresh-store.ts renewToken
update access_tokens set hash = $1, last4 = $2, expires_at = $3,
refresh_expires_at = $4, rotated_at = $5 where id = $6;

-- server/tokens/scopes-store.ts findGroups
select g.id, q.place from unnest($1::text[],
$2::text[], $3::text[],
$4::text[]) with ordinality q(id, owner, name, type, place)
join lateral (
select * from resource_groups where id = q.id
union all
select g.* from names n join resource_groups g on g.org_id = n.org_id and fold(g.name) = fold(q.name)
where q.id is null and n.lower_name = q.owner and n.current) g on true
join organizations o on o.id = g.org_id and o.deleted_at is null
where exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = g.org_id and m.user_id = $5 and (m.expires_at is null or m.expires_at > $6) and ((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $7)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $8, false))
and true and true and true
and (m.role = 'admin' or exists (select from group_roles gr where gr.group_id = g.id and gr.user_id = m.user_id)));

-- server/tokens/scopes-store.ts findOrgs
select o.id, q.place from unnest($1::text[],
$2::text[], $3::text[],
$4::text[]) with ordinality q(id, owner, name, type, place)
join names n on case when q.id is null then n.lower_name = q.name else n.org_id = q.id end and n.current
join organizations o on o.id = n.org_id and o.deleted_at is null
where exists (select from memberships m where m.org_id = o.id and m.user_id = $5 and (m.expires_at is null or m.expires_at > $6));

-- server/tokens/scopes-store.ts findRepos
select r.id, q.place from unnest($1::text[],
$2::text[], $3::text[],
$4::text[]) with ordinality q(id, owner, name, type, place)
join lateral (
select * from repositories where id = q.id
union all
select r.* from names n join repository_names rn on rn.owner_id = coalesce(n.org_id, n.user_id) and rn.current
and rn.type = q.type::repo_type and rn.lower_name = q.name
join repositories r on r.id = rn.repo_id
where q.id is null and n.lower_name = q.owner and n.current) r on r.type = q.type::repo_type
where (not exists (select from organizations d where d.id = r.org_id and d.deleted_at is not null)
and (not r.private or r.user_id = $5
or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = r.org_id and m.user_id = $6 and (m.expires_at is null or m.expires_at > $7) and ((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $8)::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $9, false))
and true and true and true and (m.role = 'admin'
or case when r.group_id is null then m.role >= 'read' else exists (select from group_roles gr where gr.group_id = r.group_id and gr.user_id = m.user_id) end))
or exists (select from repo_collaborators rc left join organizations go on go.id = r.org_id
where rc.repo_id = r.id and rc.user_id = $10 and (rc.expires_at is null or rc.expires_at > $11)
and (go.id is null or (((select (hu.totp_enabled_at is not null or hu.managed_by is not null) from users hu where hu.id = $12)::boolean or not go.require_2fa
or coalesce(go.require_2fa_from > $13, false))
and true and true and true)))));

-- server/tokens/scopes-store.ts replaceScopes
delete from token_scopes where token_id = $1;

-- server/tokens/scopes-store.ts replaceScopes
insert into "token_scopes" ("token_id", "permissions", "org_id", "group_id", "repo_id") values ($1, $2::text[], default, default, default), ($3, $4::text[], $5, default, default), ($6, $7::text[], default, $8, default), ($9, $10::text[], default, default, $11);

-- server/tokens/scopes-store.ts setReadsGated
update access_tokens set reads_gated = $1 where id = $2;

-- server/tokens/store.ts deleteToken
delete from access_tokens where id = $1 and user_id = $2 returning id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at;

-- server/tokens/store.ts insertToken
insert into access_tokens (id, user_id, hash, name, role, last4, created_at, expires_at)
select $1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz
where (select count(*) from access_tokens where user_id = $9) < $10::integer
returning id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at;

-- server/tokens/store.ts listTokens
select id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at from access_tokens where user_id = $1 order by id desc;

-- server/tokens/store.ts lockToken
select id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at from access_tokens where id = $1 and user_id = $2 for update;

-- server/tokens/store.ts renameToken
update access_tokens set name = $1 where id = $2;

-- server/tokens/store.ts replaceSecret
with ended as (delete from refresh_tokens where token_id = $1)
update access_tokens set hash = $2, last4 = $3, last_used_at = null, rotated_at = $4, refresh_expires_at = null
where id = $5 and user_id = $6 returning id, name, role, last4, created_at, expires_at, last_used_at, refresh_expires_at;

-- server/users/accounts/instance-store.ts findInstance
select name, sign_up, organization_creation, default_plan, currency,
seat_price_team, seat_price_enterprise, seat_price_plus, user_storage::float8 as user_storage,
sign_up_storage::float8 as sign_up_storage, org_storage::float8 as org_storage from instance;

-- server/users/accounts/instance-store.ts findSetupCode
select setup_code as code from instance;

-- server/users/accounts/instance-store.ts lockInstance
select name, sign_up, organization_creation, default_plan, currency,
seat_price_team, seat_price_enterprise, seat_price_plus, user_storage::float8 as user_storage,
sign_up_storage::float8 as sign_up_storage, org_storage::float8 as org_storage from instance for update;

-- server/users/accounts/instance-store.ts setInstance
update instance set name = $1, sign_up = $2, organization_creation = $3,
default_plan = $4, currency = $5, seat_price_team = $6,
seat_price_enterprise = $7, seat_price_plus = $8,
user_storage = $9, sign_up_storage = $10, org_storage = $11;

-- server/users/accounts/profile-store.ts findOverview
select u.id, u.name, u.fullname, u.details, u.created_at, c.models, c.datasets, c.spaces,
(select coalesce(json_agg(json_build_object('id', o.id, 'name', o.name, 'fullname', o.fullname) order by m.id), '[]')
from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on o.deleted_at is null
where m.user_id = u.id and (m.expires_at is null or m.expires_at > $1)
and (not o.hide_members or u.id = $2::text or exists (select from memberships m join organizations mo on mo.id = m.org_id
where m.org_id = o.id and m.user_id = $3 and (m.expires_at is null or m.expires_at > $4) and ($5::boolean or not mo.require_2fa
or coalesce(mo.require_2fa_from > $6, false))
and true and (not mo.enforce_ip_ranges or nullif($7::text, '')::inet <<= any(mo.ip_ranges::inet[])) and (not mo.sso_mode = 'enforced' or exists (select from sso_sessions sso where sso.org_id = mo.id and sso.user_id = $8 and sso.session_id = $9
and not sso.is_break_glass and sso.expires_at > $10)
or not exists (select from memberships sm where sm.org_id = mo.id and sm.user_id = $11 and not sm.is_external and (sm.expires_at is null or sm.expires_at > $12))) and m.role >= 'read'))) as orgs
from users u cross join lateral (
select count(*) filter (where type = 'model')::int as models, count(*) filter (where type = 'dataset')::int as datasets,
count(*) filter (where type = 'space')::int as spaces
from repositories where user_id = u.id and (not private or u.id = $13::text)) c
where u.id = $14 and u.state <> 'deleted';

-- server/users/accounts/profile-store.ts findWhoami
select e.address as email, o.id, o.name, o.fullname, o.plan, m.role,
not ($3::bool::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $4, false)) as blocked,
(o.sso_mode = 'enforced' and not m.is_external and not exists (select from sso_sessions sso
where sso.org_id = o.id and sso.user_id = m.user_id
and ($5::text is null or sso.session_id = $5::text) and not sso.is_break_glass and sso.expires_at > $4)) as lacks_sso,
o.token_policy as "tokenPolicy", o.token_max_lifetime_days as "tokenMaxLifetimeDays",
o.enforce_ip_ranges as "enforceIpRestriction", o.ip_ranges as "ipRanges", ts.state as token_state, g.id as group_id, g.name as group_name, r.role as group_role
from users u
left join emails e on e.user_id = u.id and e.is_primary
left join (memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on o.deleted_at is null)
on m.user_id = u.id and (m.expires_at is null or m.expires_at > $4)
left join token_states ts on ts.org_id = m.org_id and ts.token_id = $2
left join group_roles r on r.org_id = m.org_id and r.user_id = m.user_id
left join lateral (select * from "resource_groups" where id = "r"."group_id" limit 1) g on true
where u.id = $1 order by m.id, g.id, r.role;

-- server/users/accounts/profile-store.ts listMyOrganizations
select o.id, o.name, o.fullname, m.role, o.plan, m.joined_at, not ($1::boolean or not o.require_2fa
or coalesce(o.require_2fa_from > $2, false)) as blocked,
(o.sso_mode = 'enforced' and not m.is_external and not exists (select from sso_sessions sso
where sso.org_id = o.id and sso.user_id = m.user_id
and ($3::text is null or sso.session_id = $4::text) and not sso.is_break_glass and sso.expires_at > $5)) as lacks_sso,
o.token_policy as "tokenPolicy", o.token_max_lifetime_days as "tokenMaxLifetimeDays",
o.enforce_ip_ranges as "enforceIpRestriction", o.ip_ranges as "ipRanges", (select tst.state from token_states tst where tst.org_id = o.id and tst.token_id = $6) as token_state,
(select count(*)::int from memberships c where c.org_id = o.id and (c.expires_at is null or c.expires_at > $7)) as members,
(select count(*)::int from memberships c
where c.org_id = o.id and c.role = 'admin' and (c.expires_at is null or c.expires_at > $8)) as admins
from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on o.deleted_at is null
where m.user_id = $9 and (m.expires_at is null or m.expires_at > $10)
order by o.name collate "C";

-- server/users/accounts/profile-store.ts listRestorable
select o.id, o.name, o.fullname, o.deleted_at
from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on true
where m.user_id = $1 and m.role = 'admin' and (m.expires_at is null or m.expires_at > $2) and o.deleted_at > $3
order by o.deleted_at desc;

-- server/users/accounts/store.ts deleteExpired
delete from account_links where expires_at <= $1;

-- server/users/accounts/store.ts deleteExpired
delete from attempts where window_start < $1;

-- server/users/accounts/store.ts deleteExpired
delete from sessions where expires_at <= $1;

-- server/users/accounts/store.ts emptyAccount
delete from account_links where user_id = $1;

-- server/users/accounts/store.ts emptyAccount
delete from avatars where user_id = $1;

-- server/users/accounts/store.ts emptyAccount
delete from emails where user_id = $1;

-- server/users/accounts/store.ts emptyAccount
delete from recovery_codes where user_id = $1;

-- server/users/accounts/store.ts emptyAccount
delete from sessions where user_id = $1;

-- server/users/accounts/store.ts emptyAccount
update users set state = 'deleted', fullname = name, details = '', password_hash = null, is_operator = false,
totp_secret = null, totp_enabled_at = null, totp_last_step = null
where id = $1;

-- server/users/accounts/store.ts findAccount
select u.id, u.name, u.fullname, u.details, u.is_operator, u.state, (u.totp_enabled_at is not null or u.managed_by is not null) as two_factor,
u.created_at, (select mo.name from organizations mo where mo.id = u.managed_by) as managed_by, e.address as email, e.verified_at is not null as email_verified from users u left join emails e on e.user_id = u.id and e.is_primary
where u.id = $1;

-- server/users/accounts/store.ts findAnyOperator
select from users where is_operator and state <> 'deleted' order by id limit 1;

-- server/users/accounts/store.ts findByName
select u.id, u.name, u.state, u.managed_by is not null as is_managed, u.password_hash, (u.totp_enabled_at is not null or u.managed_by is not null) as two_factor from names n join users u on u.id = n.user_id
where n.lower_name = $1 and n.current and u.state <> 'deleted';

-- server/users/accounts/store.ts findByVerifiedEmail
select u.id, u.name, u.state, u.managed_by is not null as is_managed, u.password_hash, (u.totp_enabled_at is not null or u.managed_by is not null) as two_factor from emails e join users u on u.id = e.user_id
where lower(e.address) = lower($1::text) and e.verified_at is not null and u.state <> 'deleted';

-- server/users/accounts/store.ts findPasswordHash
select password_hash from users where id = $1;

-- server/users/accounts/store.ts findPerson
select u.id, u.name, u.fullname, u.details, u.is_operator, u.state, (u.totp_enabled_at is not null or u.managed_by is not null) as two_factor,
u.created_at, (select mo.name from organizations mo where mo.id = u.managed_by) as managed_by, e.address as email, e.verified_at is not null as email_verified, (select count(*)::int from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on true
where m.user_id = u.id and o.deleted_at is null) as organizations from users u left join emails e on e.user_id = u.id and e.is_primary
where u.id = $1;

-- server/users/accounts/store.ts insertAccount
insert into users (id, name, fullname, password_hash, is_operator, open_sign_up, created_at)
values ($1, $2, $3, $4, $5, $6, $7);

-- server/users/accounts/store.ts listPeople
with page as (select id from users where state <> 'deleted' and state <> 'service' and id > $1 order by id limit $2::integer)
select u.id, u.name, u.fullname, u.details, u.is_operator, u.state, (u.totp_enabled_at is not null or u.managed_by is not null) as two_factor,
u.created_at, (select mo.name from organizations mo where mo.id = u.managed_by) as managed_by, e.address as email, e.verified_at is not null as email_verified, (select count(*)::int from memberships m join lateral (select * from "organizations" where id = "m"."org_id" limit 1) o on true
where m.user_id = u.id and o.deleted_at is null) as organizations
from page join users u on u.id = page.id left join emails e on e.user_id = u.id and e.is_primary
order by u.id;

-- server/users/accounts/store.ts lockActive
select from users where id = $1 and state = 'active' for share;

-- server/users/accounts/store.ts lockOperators
select coalesce((select is_operator from users where id = $1 and state = 'active'), false) as is_operator,
exists (select from users where is_operator and state <> 'deleted' and state = 'active' and id <> $2) as others;

-- server/users/accounts/store.ts lockOperators
select from instance for update;

-- server/users/accounts/store.ts lockPasswordHash
select password_hash from users where id = $1 for share;

-- server/users/accounts/store.ts setPasswordHash
update users set password_hash = $1 where id = $2;

-- server/users/accounts/store.ts setState
update users set state = case when $1 = 'active' and deprovisioned_at is not null then 'deprovisioned' else $2::account_state end
where id = $3 and state <> $4 and state <> 'deleted' returning id;

-- server/users/accounts/store.ts updateProfile
with before as (select fullname, details from users where id = $1 for update)
update users u set fullname = coalesce($2, u.fullname), details = coalesce($3, u.details)
from before where u.id = $4
returning before.fullname, before.details;

-- server/users/addresses/email-store.ts deleteClaim
delete from emails where id = $1 and verified_at is null returning id, address, verified_at, is_primary, created_at;

-- server/users/addresses/email-store.ts deleteEmail
delete from emails where user_id = $1 and id = $2 and not is_primary returning id, address, verified_at, is_primary, created_at;

-- server/users/addresses/email-store.ts deleteLinks
delete from account_links where user_id = $1 and purpose = $2;

-- server/users/addresses/email-store.ts findEmail
select id, address, verified_at, is_primary, created_at from emails where user_id = $1 and id = $2;

-- server/users/addresses/email-store.ts findLink
select l.user_id, l.email_id, u.name as username, e.address as email
from account_links l join users u on u.id = l.user_id left join emails e on e.user_id = u.id and e.is_primary
where l.hash = $1 and l.purpose = $2 and l.expires_at > $3;

-- server/users/addresses/email-store.ts findLiveLinks
select hash from account_links
where hash = any($1::bytea[]) and expires_at > $2;

-- server/users/addresses/email-store.ts insertEmail
insert into emails (id, user_id, address, verified_at, is_primary, created_at)
select $1, $2, $3, $4::timestamptz, $5::boolean, $6::timestamptz
where (select count(*) from emails where user_id = $7) < $8::integer
returning id, address, verified_at, is_primary, created_at;

-- server/users/addresses/email-store.ts isVerifiedElsewhere
select from emails where lower(address) = lower($1::text) and verified_at is not null and user_id <> $2;

-- server/users/addresses/email-store.ts listEmails
select id, address, verified_at, is_primary, created_at from emails where user_id = $1 order by is_primary desc, id;

-- server/users/addresses/email-store.ts listResetAddresses
select address from emails
where user_id = $1 and verified_at is not null and (is_primary or verified_at < $2)
order by is_primary desc, id;

-- server/users/addresses/email-store.ts listVerifiedAddresses
select address from emails
where user_id = $1 and verified_at is not null order by is_primary desc, id;

-- server/users/addresses/email-store.ts lockPrimary
select id, address, verified_at, is_primary, created_at from emails where user_id = $1 order by id for update;

-- server/users/addresses/email-store.ts replaceLink
delete from account_links where user_id = $1 and purpose = $2 and email_id is not distinct from $3;

-- server/users/addresses/email-store.ts replaceLink
insert into account_links (hash, purpose, user_id, email_id, expires_at)
values ($1, $2, $3, $4, $5);

-- server/users/addresses/email-store.ts setPrimary
update emails set is_primary = false where user_id = $1 and is_primary and id <> $2;

-- server/users/addresses/email-store.ts setPrimary
update emails set is_primary = true where user_id = $1 and id = $2;

-- server/users/addresses/email-store.ts setVerified
update emails set verified_at = $1 where id = $2 and verified_at is null returning id, address, verified_at, is_primary, created_at;

-- server/users/addresses/email-store.ts takeLink
delete from account_links l using users u
where l.hash = $1 and l.purpose = $2 and l.expires_at > $3 and u.id = l.user_id
returning l.user_id, l.email_id, u.name as username;

-- server/users/addresses/mail-address-store.ts findMailAddresses
select u.id, (select e.address from emails e
where e.user_id = u.id and e.verified_at is not null order by e.is_primary desc, e.id limit 1) address from users u where u.id = any(array[$1]::text[]) and u.state = 'active';

-- server/users/avatars/avatar-store.ts deleteAvatar
delete from avatars where org_id = $1 returning hash;

-- server/users/avatars/avatar-store.ts deleteAvatar
delete from avatars where user_id = $1 returning hash;

-- server/users/avatars/avatar-store.ts findPictured
select coalesce(u.name, o.name) as name, coalesce(u.fullname, o.fullname) as fullname,
a.image, a.hash
from names n
left join users u on u.id = n.user_id and u.state <> 'deleted'
left join organizations o on o.id = n.org_id and o.deleted_at is null
left join lateral (
(select image, hash from avatars where user_id = u.id limit 1) union all
(select image, hash from avatars where org_id = o.id limit 1)) a on true
where n.lower_name = $1 and (n.current or n.kept_until > $2) and coalesce(u.id, o.id) is not null;

-- server/users/avatars/avatar-store.ts insertAvatar
insert into avatars (user_id, org_id, image, hash, changed_at)
values ($1, $2, $3, $4, $5);

-- server/users/avatars/avatar-store.ts listPictured
select n.lower_name as name, a.hash
from names n
left join users u on u.id = n.user_id and u.state <> 'deleted'
left join organizations o on o.id = n.org_id and o.deleted_at is null
join lateral (
(select hash from avatars where user_id = u.id limit 1) union all
(select hash from avatars where org_id = o.id limit 1)) a on true
where n.lower_name = any($1::text[]) and (n.current or n.kept_until > $2);

-- server/users/avatars/avatars.ts changeOwn
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/users/guessing/attempt-store.ts addAttempts
insert into attempts (key, window_start, count) select key, $1, 1
from unnest($2::text[]) key order by key
on conflict (key, window_start) do update set count = attempts.count + 1;

-- server/users/guessing/attempt-store.ts addToCount
insert into attempts (key, window_start, count) values ($1, $2, $3)
on conflict (key, window_start) do update set count = attempts.count + excluded.count
returning count;

-- server/users/guessing/attempt-store.ts deleteAttempts
delete from attempts where key = $1;

-- server/users/guessing/attempt-store.ts findCounted
select key from attempts
where key = any($1::text[]) and window_start = $2 and count >= $3;

-- server/users/guessing/attempt-store.ts takeBackAttempt
update attempts set count = count - 1 where key = $1 and window_start = $2 and count > 0;

-- server/users/guessing/failures.ts noteFailure
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/users/managed/managed-store.ts findEnded
select id, name from users where ends_at <= $1 order by ends_at limit $2;

-- server/users/managed/managed-store.ts listVerifiedDomains
select domain from organization_domains
where org_id = $1 and state <> 'unverified' order by domain;

-- server/users/managed/managed-store.ts release
update users set managed_by = null, deprovisioned_at = null,
state = case when state = 'deprovisioned' then 'active' else state end
where managed_by = $1 and ends_at is null and state <> 'deleted';

-- server/users/names/name-store.ts claimName
insert into names (lower_name, name, user_id, org_id, current)
values (lower($1::text), $2, $3, $4, true)
on conflict (lower_name) do update
set name = excluded.name, user_id = excluded.user_id, org_id = excluded.org_id, current = true, kept_until = null
where names.kept_until <= $5 or not names.current
and (names.user_id = excluded.user_id or names.org_id = excluded.org_id)
returning lower_name;

-- server/users/names/name-store.ts deleteExpiredNames
delete from names where kept_until <= $1;

-- server/users/rates/rates-store.ts findPlans
select distinct o.plan from memberships m join organizations o on o.id = m.org_id
where m.user_id = $1 and (m.expires_at is null or m.expires_at > $2) and o.deleted_at is null;

-- server/users/rates/rates-store.ts findRequests
select a.key, a.count from unnest($1::text[],
$2::timestamptz[]) w(key, start)
join attempts a on a.key = w.key and a.window_start = w.start;

-- server/users/sessions/session-store.ts deleteOtherSessions
delete from sessions where user_id = $1 and id <> $2::text returning id;

-- server/users/sessions/session-store.ts deleteSession
delete from sessions where id = $1 and user_id = $2 returning id;

-- server/users/sessions/session-store.ts deleteSessionsBeyond
delete from sessions where id in (
select id from sessions where user_id = $1 order by last_seen_at desc, id desc offset $2::integer);

-- server/users/sessions/session-store.ts insertSession
insert into sessions (id, user_id, hash, rotated_at, created_at, last_seen_at, confirmed_at, expires_at, ip, user_agent)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- server/users/sessions/session-store.ts listSessions
select id, created_at, last_seen_at, expires_at, ip, user_agent from sessions
where user_id = $1 and expires_at > $2 order by last_seen_at desc, id desc;

-- server/users/sessions/session-store.ts replaceSecret
update sessions set hash = $1, previous_hash = null, rotated_at = $2, last_seen_at = $3
where id = $4 returning expires_at;

-- server/users/sessions/session-store.ts setConfirmedAt
update sessions set confirmed_at = $1 where id = $2;

-- server/users/sessions/sessions.ts signOut
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/users/sign-in/password-reset.ts sendReset
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/users/sign-in/sign-up.ts countedSignUp
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;

-- server/users/sign-in/two-factor-store.ts findSecondFactor
select totp_secret, totp_enabled_at,
(select count(*)::int from recovery_codes r where r.user_id = u.id and r.used_at is null) as recovery_codes_left
from users u where id = $1;

-- server/users/sign-in/two-factor-store.ts lockEnabled
select (users.totp_enabled_at is not null or users.managed_by is not null) as enabled from users where id = $1 for update;

-- server/users/sign-in/two-factor-store.ts setPendingSecret
update users set totp_secret = $1, totp_last_step = null
where id = $2 and totp_enabled_at is null and state = 'active' returning id;

-- server/users/sign-in/two-factor.ts beginTwoFactor
/* sent along */
with head as (
update audit_heads set seq = $1, prev_hash = $2, hash = $3, seal = $4
where scope = $5
)
insert into audit_events (scope, seq, id, created_at, type, author_name, ip, event, prev_hash, hash, seal)
select $6, e.* from unnest(
$7::bigint[], $8::text[],
$9::timestamptz[], $10::text[],
$11::text[], $12::text[],
$13::text[],
$14::bytea[], $15::bytea[],
$16::bytea[]) e;
