create type invitation_state as enum ('pending', 'accepted', 'declined', 'expired', 'revoked');
create type join_request_state as enum ('pending', 'approved', 'rejected', 'withdrawn');

alter table organizations add column allow_join_requests boolean not null default false;

create table invitations (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id references users on delete cascade,
  address text,
  role org_role not null,
  message text not null default '',
  lifetime_days integer not null check (lifetime_days between 1 and 30),
  state invitation_state not null default 'pending',
  hash bytea not null unique,
  invited_by hub_id references users,
  accepted_by hub_id references users,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  check (num_nonnulls(user_id, address) = 1)
);
comment on table invitations is 'Invitations to an account, or to whoever has verified an address; the secret of the link is stored hashed.';
comment on column invitations.invited_by is 'Who answers for it: when they may not invite any more, the invitation is void.';
comment on column invitations.state is 'A pending one past its expiry counts no more; a job writes that down.';
create unique index invitations_pending_user on invitations (org_id, user_id) where state = 'pending' and user_id is not null;
create unique index invitations_pending_address on invitations (org_id, lower(address)) where state = 'pending' and address is not null;
create index invitations_org on invitations (org_id, id desc);
create index invitations_user on invitations (user_id) where state = 'pending';
create index invitations_address on invitations (lower(address)) where state = 'pending';
create index invitations_expiry on invitations (expires_at) where state = 'pending';
create index invitations_inviter on invitations (invited_by);

create table invitation_groups (
  invitation_id hub_id not null references invitations on delete cascade,
  group_id hub_id not null references resource_groups on delete cascade,
  role org_role not null check (role <> 'no_access'),
  primary key (invitation_id, group_id)
);
comment on table invitation_groups is 'Group roles that come with an invitation; a group that is deleted meanwhile drops out.';
create index invitation_groups_group on invitation_groups (group_id);

create table invite_links (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  label text not null default '',
  role org_role not null check (role <> 'admin'),
  hash bytea not null unique,
  last4 text not null,
  email_domain text check (email_domain = lower(email_domain)),
  max_uses integer check (max_uses > 0),
  uses integer not null default 0,
  lifetime_days integer not null check (lifetime_days > 0),
  created_by hub_id references users,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  check (uses <= max_uses)
);
comment on table invite_links is 'Links that let whoever has them join; the secret is stored hashed.';
comment on column invite_links.uses is 'Counted in the transaction that admits, so that no more get in than max_uses.';
create index invite_links_org on invite_links (org_id, id desc);

create table join_requests (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  message text not null default '',
  source member_source not null default 'request' check (source in ('request', 'domain')),
  state join_request_state not null default 'pending',
  role org_role,
  reason text not null default '',
  created_at timestamptz not null,
  decided_at timestamptz,
  decided_by text
);
comment on table join_requests is 'People who ask to join. Who was rejected may ask again after 30 days.';
create unique index join_requests_pending on join_requests (org_id, user_id) where state = 'pending';
create index join_requests_org on join_requests (org_id, id desc);
create index join_requests_user on join_requests (user_id, org_id, id desc);
