alter table organizations
  add column token_policy text not null default 'any' check (token_policy in ('any', 'fineGrained', 'approval')),
  add column token_max_lifetime_days integer check (token_max_lifetime_days between 1 and 3650);
comment on column organizations.token_policy is 'Access tokens that the organization accepts: any, fine-grained ones only, or fine-grained ones that an admin approved.';
comment on column organizations.token_max_lifetime_days is 'Longest time from the creation of an accepted token to its expiry; null for no limit.';

create table token_states (
  org_id hub_id not null references organizations on delete cascade,
  token_id hub_id not null references access_tokens on delete cascade,
  state text not null check (state in ('approved', 'denied', 'revoked')),
  changed_at timestamptz not null,
  primary key (org_id, token_id)
);
create index token_states_token on token_states (token_id);
comment on table token_states is 'What an organization decided about an access token. Under the approval policy, a token without a row is pending.';
comment on column token_states.state is 'Revoked is final and counts under every policy. Approved and denied count under the approval policy only.';
insert into token_states (org_id, token_id, state, changed_at) select org_id, token_id, 'revoked', at from token_revocations;
drop table token_revocations;
