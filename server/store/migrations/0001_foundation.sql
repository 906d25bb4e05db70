create extension if not exists pg_trgm;
create extension if not exists btree_gin;

create domain hub_id as text check (value ~ '^[0-9a-f]{24}$');
-- Declared lowest first: the database compares roles by the order of this list.
create type org_role as enum ('no_access', 'read', 'contributor', 'write', 'admin');
create type repo_type as enum ('model', 'dataset', 'space');
create type plan as enum ('free', 'team', 'enterprise', 'plus');
create type account_state as enum ('active', 'suspended', 'deleted');
create type member_source as enum ('manual', 'invitation', 'domain', 'request', 'sso', 'scim', 'recovery');
create type group_role_source as enum ('manual', 'sso', 'scim', 'auto_join');
create type mail_state as enum ('queued', 'sent', 'kept', 'failed');

create table instance (
  only_row boolean primary key default true check (only_row),
  name text not null default 'Guildhall',
  sign_up text not null default 'open' check (sign_up in ('open', 'invited', 'sso')),
  organization_creation text not null default 'everyone' check (organization_creation in ('everyone', 'operators')),
  default_plan plan not null default 'plus',
  key_fingerprint text,
  demo_filled_at timestamptz
);
comment on table instance is 'Settings of this installation; one row.';
comment on column instance.key_fingerprint is 'Tells which secret key sealed this database, so that a process with another one refuses to start.';
insert into instance default values;

create table processes (
  id hub_id primary key,
  public_url text not null,
  started_at timestamptz not null,
  seen_at timestamptz not null
);
comment on table processes is 'Hub processes at work on this database; those not seen for a minute are gone.';

create table users (
  id hub_id primary key,
  name text not null,
  fullname text not null,
  details text not null default '',
  password_hash text,
  is_operator boolean not null default false,
  state account_state not null default 'active',
  totp_secret bytea,
  totp_enabled_at timestamptz,
  totp_last_step bigint,
  created_at timestamptz not null,
  search text generated always as (lower(name || ' ' || fullname)) stored
);
comment on table users is 'Accounts of people. Names live in the table names; here is a copy for reading.';
comment on column users.totp_secret is 'Sealed with the key of the installation; in force only once totp_enabled_at is set.';
comment on column users.totp_last_step is 'The last time step a code was taken for: a code works once.';
create index users_search on users using gin (search gin_trgm_ops) where state <> 'deleted';
create index users_operators on users (id) where is_operator and state <> 'deleted';

create table organizations (
  id hub_id primary key,
  name text not null,
  fullname text not null,
  details text not null default '',
  website text not null default '',
  plan plan not null,
  is_verified boolean not null default false,
  created_by hub_id references users,
  created_at timestamptz not null,
  deleted_at timestamptz,
  member_management text not null default 'write' check (member_management in ('write', 'admin')),
  default_role org_role not null default 'read' check (default_role <> 'admin'),
  group_creation org_role not null default 'admin' check (group_creation <> 'no_access'),
  hide_members boolean not null default false,
  repo_visibility text not null default 'public' check (repo_visibility in ('public', 'private', 'private_only')),
  require_2fa boolean not null default false,
  require_2fa_from timestamptz,
  adminless_since timestamptz
);
comment on table organizations is 'Organizations and their settings. The row is locked by whatever could take away the last admin.';
comment on column organizations.deleted_at is 'Deleted organizations answer 404; admins may restore them for 30 days.';

create table names (
  lower_name text primary key,
  name text not null,
  user_id hub_id references users on delete cascade,
  org_id hub_id references organizations on delete cascade,
  current boolean not null,
  check (num_nonnulls(user_id, org_id) = 1),
  check (lower_name = lower(name))
);
comment on table names is 'The one namespace of people and organizations. Rows that are not current are old names: they lead on until somebody takes them.';
create unique index names_current_user on names (user_id) where current and user_id is not null;
create unique index names_current_org on names (org_id) where current and org_id is not null;
create index names_org on names (org_id) where org_id is not null;
create index names_user on names (user_id) where user_id is not null;

create table emails (
  id hub_id primary key,
  user_id hub_id not null references users on delete cascade,
  address text not null,
  verified_at timestamptz,
  is_primary boolean not null default false,
  created_at timestamptz not null
);
comment on table emails is 'Addresses of accounts. Several accounts may claim one address; only one can have it verified.';
create unique index emails_verified on emails (lower(address)) where verified_at is not null;
create unique index emails_once on emails (user_id, lower(address));
create unique index emails_primary on emails (user_id) where is_primary;

create table account_links (
  hash bytea primary key,
  purpose text not null check (purpose in ('verify_email', 'reset_password')),
  user_id hub_id not null references users on delete cascade,
  email_id hub_id references emails on delete cascade,
  expires_at timestamptz not null
);
comment on table account_links is 'Links sent by mail, stored hashed; a used one is deleted.';
create index account_links_user on account_links (user_id);

create table sessions (
  id hub_id primary key,
  user_id hub_id not null references users on delete cascade,
  hash bytea not null unique,
  previous_hash bytea unique,
  rotated_at timestamptz not null,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  ip text,
  user_agent text
);
comment on table sessions is 'Sessions in browsers. The secret is changed daily; the one before works for another minute.';
create index sessions_user on sessions (user_id);

create table recovery_codes (
  user_id hub_id not null references users on delete cascade,
  hash bytea not null,
  used_at timestamptz,
  primary key (user_id, hash)
);
comment on table recovery_codes is 'One-time codes for when the authenticator is lost.';

create table attempts (
  key text not null,
  window_start timestamptz not null,
  count integer not null,
  primary key (key, window_start)
);
comment on table attempts is 'Failed sign-ins and other things that are counted per window, so that guessing is slow.';

create table access_tokens (
  id hub_id primary key,
  user_id hub_id not null references users on delete cascade,
  hash bytea not null unique,
  name text not null,
  role text not null check (role in ('read', 'write', 'fineGrained')),
  last4 text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz
);
comment on table access_tokens is 'Personal access tokens, stored as SHA-256.';
create index access_tokens_user on access_tokens (user_id);

create table memberships (
  id hub_id not null,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  role org_role not null,
  source member_source not null,
  is_external boolean not null default false,
  joined_at timestamptz not null,
  last_active_at timestamptz,
  expires_at timestamptz,
  search text not null,
  primary key (org_id, user_id)
);
comment on table memberships is 'Who belongs to which organization, with which role. A membership past its expiry counts no more, and is removed by a job.';
comment on column memberships.search is 'Copy of users.search kept by a trigger, so that a search inside one organization reads one index.';
create index memberships_user on memberships (user_id);
create unique index memberships_order on memberships (org_id, id);
create index memberships_role on memberships (org_id, role, id);
create index memberships_search on memberships using gin (org_id, search gin_trgm_ops);
create index memberships_expiry on memberships (expires_at) where expires_at is not null;

create function copy_search_to_membership() returns trigger language plpgsql as $$
begin
  select search into new.search from users where id = new.user_id;
  return new;
end $$;
create trigger membership_search before insert on memberships for each row execute function copy_search_to_membership();
create function copy_search_to_memberships() returns trigger language plpgsql as $$
begin
  update memberships set search = new.search where user_id = new.id;
  return null;
end $$;
create trigger user_search after update of name, fullname on users for each row execute function copy_search_to_memberships();

create table successors (
  org_id hub_id not null,
  user_id hub_id not null,
  position integer not null,
  primary key (org_id, user_id),
  unique (org_id, position),
  foreign key (org_id, user_id) references memberships on delete cascade
);
comment on table successors is 'Who becomes admin, in order, when the last usable admin is lost involuntarily.';

create table resource_groups (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  name text not null check (name !~ '^[0-9a-fA-F]{24}$'),
  description text,
  auto_join_role org_role check (auto_join_role <> 'no_access'),
  auto_join_scope text check (auto_join_scope in ('all', 'read_plus')),
  spend_limits jsonb not null default '{}',
  managed_by text not null default 'manual' check (managed_by in ('manual', 'scim')),
  created_by hub_id references users,
  created_at timestamptz not null,
  unique (id, org_id),
  check ((auto_join_role is null) = (auto_join_scope is null)),
  check (managed_by = 'manual' or auto_join_role is null)
);
comment on table resource_groups is 'Groups of repositories with roles of their own. Auto-join is on where auto_join_role is set.';
create unique index resource_groups_name on resource_groups (org_id, lower(name));

create table group_roles (
  group_id hub_id not null,
  org_id hub_id not null,
  user_id hub_id not null,
  source group_role_source not null,
  role org_role not null check (role <> 'no_access'),
  added_by text,
  added_at timestamptz not null,
  primary key (group_id, user_id, source),
  foreign key (group_id, org_id) references resource_groups (id, org_id) on delete cascade,
  foreign key (org_id, user_id) references memberships on delete cascade
);
comment on table group_roles is 'Group roles, a row for each source; the highest counts. A source adds and removes only its own rows.';
create index group_roles_member on group_roles (org_id, user_id);

create table repositories (
  id hub_id primary key,
  type repo_type not null,
  user_id hub_id references users on delete cascade,
  org_id hub_id references organizations on delete cascade,
  name text not null,
  private boolean not null,
  creator_id hub_id references users,
  group_id hub_id,
  group_added_by text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  check (num_nonnulls(user_id, org_id) = 1),
  foreign key (group_id, org_id) references resource_groups (id, org_id) on delete set null (group_id)
);
comment on table repositories is 'Repositories, owned by a person or an organization.';
create index repositories_org on repositories (org_id, type, id) where org_id is not null;
create index repositories_user on repositories (user_id, type, id) where user_id is not null;
create index repositories_group on repositories (group_id) where group_id is not null;
create index repositories_public on repositories (type, id) where not private;
create index repositories_name on repositories using gin (lower(name) gin_trgm_ops);

create table repository_names (
  owner_id hub_id not null,
  type repo_type not null,
  lower_name text not null,
  repo_id hub_id not null references repositories on delete cascade,
  current boolean not null,
  primary key (owner_id, type, lower_name)
);
comment on table repository_names is 'Names of repositories under their owner (a user or organization id). Rows that are not current are old names.';
create unique index repository_names_current on repository_names (repo_id) where current;
create index repository_names_repo on repository_names (repo_id);

create table audit_heads (
  scope text primary key,
  seq bigint not null,
  prev_hash bytea not null,
  hash bytea not null
) with (fillfactor = 20);
comment on table audit_heads is 'End of each chain of events: the scope is the id of an organization, or instance.';

create table audit_events (
  scope text not null,
  seq bigint not null,
  id hub_id not null,
  created_at timestamptz not null,
  type text not null,
  author_name text not null,
  ip text,
  event text not null,
  prev_hash bytea not null,
  hash bytea not null,
  primary key (scope, seq)
);
comment on table audit_events is 'Audit events. The column event is the canonical JSON that is hashed; the others are copies to search by.';
create index audit_events_type on audit_events (scope, type, seq);
create index audit_events_author on audit_events (scope, lower(author_name), seq);

create table mails (
  id hub_id primary key,
  recipient text not null,
  subject text not null,
  text_body text not null,
  html_body text not null,
  state mail_state not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  error text
);
comment on table mails is 'Mail in the order it was written. Without an SMTP server it is kept here and shown to operators.';
create index mails_order on mails (id desc);
create index mails_state on mails (state, id) where state in ('queued', 'failed');

create table idempotency_keys (
  actor text not null,
  key text not null,
  request_hash bytea not null,
  applied boolean not null default false,
  status integer,
  reply bytea,
  created_at timestamptz not null,
  primary key (actor, key)
);
comment on table idempotency_keys is 'Replies to mutations that carried an Idempotency-Key, sealed, for a day. Applied is set in the transaction of the change itself.';
create index idempotency_keys_age on idempotency_keys (created_at);
