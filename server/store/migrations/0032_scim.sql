alter table service_accounts drop constraint service_accounts_kind_check;
alter table service_accounts add check (kind in ('service_account', 'organization', 'scim'));
comment on column service_accounts.kind is 'organization: the identity of the organization’s API token, which can only read. scim: the identity provider, whose tokens open only SCIM.';

create table scim_users (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  user_name text not null,
  external_id text,
  email text not null,
  given_name text not null default '',
  family_name text not null default '',
  active boolean not null default true,
  asleep jsonb,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (id, org_id),
  unique (org_id, user_id)
);
create unique index scim_users_name on scim_users (org_id, lower(user_name));
create unique index scim_users_external on scim_users (org_id, external_id) where external_id is not null;
create index scim_users_email on scim_users (org_id, lower(email));
create index scim_users_user on scim_users (user_id);
create index scim_users_order on scim_users (org_id, id);
comment on table scim_users is 'The accounts that an identity provider has provisioned in an organization: its link to each, and what it sent.';
comment on column scim_users.user_name is 'As it was sent, which need not be the username of the account. Compared without case.';
comment on column scim_users.active is 'What the identity provider said last. A person is in fact active only as a member or with a pending invitation.';
comment on column scim_users.asleep is 'The membership that ended with active=false: role, expiry, and group roles, to be given back.';

create table scim_groups (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  display_name text not null,
  external_id text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  unique (id, org_id)
);
create unique index scim_groups_name on scim_groups (org_id, lower(display_name));
create index scim_groups_order on scim_groups (org_id, id);
create index scim_groups_external on scim_groups (org_id, external_id) where external_id is not null;
comment on table scim_groups is 'Groups of an identity provider. They give nothing until they are linked to resource groups.';

create table scim_group_members (
  group_id hub_id not null,
  member_id hub_id not null,
  org_id hub_id not null,
  primary key (group_id, member_id),
  foreign key (group_id, org_id) references scim_groups (id, org_id) on delete cascade,
  foreign key (member_id, org_id) references scim_users (id, org_id) on delete cascade
);
create index scim_group_members_member on scim_group_members (member_id, group_id);
comment on table scim_group_members is 'Who is in the groups of an identity provider. It stays while a person is deactivated.';

create table scim_group_links (
  group_id hub_id not null,
  resource_group_id hub_id not null,
  org_id hub_id not null,
  role org_role not null check (role <> 'no_access'),
  linked_at timestamptz not null,
  primary key (group_id, resource_group_id),
  foreign key (group_id, org_id) references scim_groups (id, org_id) on delete cascade,
  foreign key (resource_group_id, org_id) references resource_groups (id, org_id) on delete cascade
);
create index scim_group_links_resource on scim_group_links (resource_group_id, org_id);
comment on table scim_group_links is 'Which resource groups the members of a SCIM group get, and with which role. Of several links the highest role counts.';

create table scim_removals (
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  was_admin boolean not null,
  at timestamptz not null,
  primary key (org_id, user_id)
);
create index scim_removals_user on scim_removals (user_id);
comment on table scim_removals is 'Whom SCIM removed in the present window of the mass-change breaker. A person counts once.';

create table scim_windows (
  org_id hub_id primary key references organizations on delete cascade,
  began_at timestamptz not null,
  members integer not null
);
comment on table scim_windows is 'The window of ten minutes in which removals by SCIM are counted, and how many members there were when it began.';

create table scim_held (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'denied', 'expired')),
  fingerprint bytea not null,
  request jsonb not null,
  summary text not null,
  people integer not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  decided_at timestamptz,
  decided_by text
);
create unique index scim_held_waiting on scim_held (org_id, fingerprint) where state = 'waiting';
create index scim_held_org on scim_held (org_id, id desc);
create index scim_held_expiry on scim_held (expires_at) where state = 'waiting';
comment on table scim_held is 'Removals beyond the limit of the mass-change breaker, which wait for an admin. The row keeps the request, to be carried out on approval.';
comment on column scim_held.fingerprint is 'SHA-256 of what the request does, so that a request that is sent again waits only once.';

create table scim_operations (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  at timestamptz not null,
  method text not null,
  resource text not null,
  subject text not null,
  status integer not null,
  error text
);
create index scim_operations_org on scim_operations (org_id, id desc);
create index scim_operations_errors on scim_operations (org_id, id desc) where error is not null;
create index scim_operations_at on scim_operations (at);
comment on table scim_operations is 'The last changes that an identity provider asked for, and the errors it got, for the page of admins. Deleted after 30 days.';
comment on column scim_operations.subject is 'The userName or displayName that the request is about, or an ID.';

alter table invitations add column scim_user_id hub_id references scim_users on delete set null;
create index invitations_scim_user on invitations (scim_user_id) where scim_user_id is not null;
comment on column invitations.scim_user_id is 'Sent by SCIM: the identity provider answers for it where invited_by is empty.';
