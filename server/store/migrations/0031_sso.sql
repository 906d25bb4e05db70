alter table organizations
  add column sso_mode text not null default 'off' check (sso_mode in ('off', 'optional', 'enforced'));
comment on column organizations.sso_mode is 'Whether members sign in with single sign-on as well: enforced means that roles count only with a live SSO session.';

comment on column memberships.is_external is 'An external collaborator: their role counts without an SSO session.';

create table sso_configs (
  org_id hub_id primary key references organizations on delete cascade,
  protocol text not null check (protocol in ('saml', 'oidc')),
  issuer text not null,
  session_timeout_minutes integer not null default 10080 check (session_timeout_minutes between 15 and 43200),
  email_path text,
  role_path text,
  group_path text,
  role_mapping jsonb not null default '[]',
  group_mapping jsonb not null default '[]',
  email_domains text[] not null default '{}',
  client_id text,
  client_secret bytea,
  authorization_endpoint text,
  token_endpoint text,
  jwks_uri text,
  userinfo_endpoint text,
  saml_sso_url text,
  saml_certificates jsonb not null default '[]',
  saml_metadata_url text,
  saml_metadata_fetched_at timestamptz,
  saml_encrypted boolean not null default false,
  saml_keys bytea,
  changed_by hub_id references users on delete set null,
  configured_at timestamptz not null,
  mapping_changed_at timestamptz not null,
  updated_at timestamptz not null
);
create index sso_configs_changed_by on sso_configs (changed_by);
comment on table sso_configs is 'The identity provider of an organization. Whether SSO is on is in organizations.sso_mode.';
comment on column sso_configs.issuer is 'The issuer of OpenID Connect, or the entity ID of a SAML identity provider.';
comment on column sso_configs.email_path is 'Where the email address is in what the identity provider sends. Null: in the usual places. The same goes for roles and groups, where null turns the mapping off.';
comment on column sso_configs.role_mapping is 'Array of {value, role}. Of several that match, the highest role counts.';
comment on column sso_configs.group_mapping is 'Array of {value, groupId, role}. A resource group that was deleted drops out.';
comment on column sso_configs.email_domains is 'Only addresses in these domains complete a sign-in. Empty: any address that the identity provider says is verified.';
comment on column sso_configs.client_secret is 'Sealed with the key of the instance.';
comment on column sso_configs.token_endpoint is 'Endpoints are set where they were pasted. Null: they come from the discovery document.';
comment on column sso_configs.saml_certificates is 'Array of {pem, expiresAt}: all of them are accepted, so that they can overlap.';
comment on column sso_configs.saml_keys is 'Sealed with the key of the instance: the keys and certificates of the service provider, as JSON.';
comment on column sso_configs.changed_by is 'Who last changed what decides about roles. While they are on probation, roles that follow from it are too.';
comment on column sso_configs.configured_at is 'Since when this identity provider is the one.';
comment on column sso_configs.mapping_changed_at is 'When the role mapping last changed. A mapping from before an organization lost its last admin can make someone an admin.';

create table sso_pending (
  state_hash bytea primary key,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  session_id hub_id not null references sessions on delete cascade,
  is_test boolean not null,
  protocol text not null check (protocol in ('saml', 'oidc')),
  nonce text,
  code_verifier bytea,
  request_id text,
  return_to text not null,
  identity bytea,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sso_pending_org on sso_pending (org_id);
create index sso_pending_user on sso_pending (user_id);
create index sso_pending_session on sso_pending (session_id);
create index sso_pending_expiry on sso_pending (expires_at);
comment on table sso_pending is 'Sign-ins that have begun. The row is deleted when the answer of the identity provider is taken, so that no answer counts twice.';
comment on column sso_pending.state_hash is 'SHA-256 of the state of OpenID Connect, or of the relay state of SAML.';
comment on column sso_pending.session_id is 'The session of the browser that began. Only this session can complete the sign-in.';
comment on column sso_pending.code_verifier is 'The PKCE verifier (RFC 7636), sealed with the key of the instance.';
comment on column sso_pending.request_id is 'The ID of the SAML request, which the answer names in InResponseTo.';
comment on column sso_pending.identity is 'Sealed with the key of the instance: what a checked SAML response says, until the page that has the session takes it.';

create table sso_sessions (
  id hub_id primary key,
  org_id hub_id not null,
  user_id hub_id not null,
  session_id hub_id references sessions on delete set null,
  is_break_glass boolean not null default false,
  subject text,
  sid text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  foreign key (org_id, user_id) references memberships on delete cascade
);
create unique index sso_sessions_session on sso_sessions (session_id, org_id) where session_id is not null;
create index sso_sessions_person on sso_sessions (org_id, user_id);
create index sso_sessions_subject on sso_sessions (org_id, subject);
create index sso_sessions_expiry on sso_sessions (expires_at);
comment on table sso_sessions is 'Who signed in with the identity provider of which organization, and until when that counts.';
comment on column sso_sessions.session_id is 'The session of the browser that signed in. Null once it ended: tokens of the person still work until this one ends.';
comment on column sso_sessions.is_break_glass is 'Opened without the identity provider: it reaches only what repairs the sign-in, and counts for no token.';
comment on column sso_sessions.sid is 'The session ID of the identity provider, by which it can end this one.';

create table sso_identities (
  org_id hub_id not null,
  user_id hub_id not null,
  issuer text not null,
  subject text not null,
  email text,
  linked_at timestamptz not null,
  last_used_at timestamptz not null,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references memberships on delete cascade
);
create unique index sso_identities_subject on sso_identities (org_id, issuer, subject);
create index sso_identities_user on sso_identities (user_id);
comment on table sso_identities is 'Which subject of the identity provider is which account: one of either.';

create table sso_used_assertions (
  org_id hub_id not null references organizations on delete cascade,
  assertion_id text not null,
  expires_at timestamptz not null,
  primary key (org_id, assertion_id)
);
create index sso_used_assertions_expiry on sso_used_assertions (expires_at);
comment on table sso_used_assertions is 'IDs of SAML assertions and OpenID logout tokens that were taken, until they expire: none counts twice.';

create table sso_break_glass_admins (
  org_id hub_id not null,
  user_id hub_id not null,
  added_at timestamptz not null,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references memberships on delete cascade
);
comment on table sso_break_glass_admins is 'Admins who can get in without the identity provider, to repair the sign-in.';

create table sso_break_glass_codes (
  org_id hub_id not null references organizations on delete cascade,
  hash bytea not null,
  used_by hub_id references users on delete set null,
  used_at timestamptz,
  primary key (org_id, hash)
);
create index sso_break_glass_codes_user on sso_break_glass_codes (used_by);
comment on table sso_break_glass_codes is 'One-time codes by which any admin can get in without the identity provider, stored as SHA-256 hashes.';

create table sso_tests (
  org_id hub_id not null,
  user_id hub_id not null,
  tested_at timestamptz not null,
  succeeded boolean not null,
  report bytea not null,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references memberships on delete cascade
);
comment on table sso_tests is 'The last test sign-in of each admin with the present configuration.';
comment on column sso_tests.report is 'Sealed with the key of the instance: what the identity provider sent, and what it would come to.';
