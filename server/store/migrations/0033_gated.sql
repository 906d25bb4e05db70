create type gate_mode as enum ('auto', 'manual');
create type gate_state as enum ('pending', 'accepted', 'rejected', 'expired');
create type gate_notifications as enum ('real-time', 'bulk');

alter table repositories add gate gate_mode;
alter table repositories add gate_members boolean not null default false;
alter table repositories add gate_notifications gate_notifications not null default 'real-time';
alter table repositories add gate_email text;
alter table repositories add gate_form jsonb;
comment on column repositories.gate is 'How people get access to the files. Null: the repository is not gated, and requests from before are kept.';
comment on column repositories.gate_members is 'Members of the organization need access too, except its admins, the creator, and admins of the resource group.';
comment on column repositories.gate_form is 'What the card of the main branch asks people for. Null: nothing was read yet.';
comment on column repositories.gate_email is 'Where notifications about requests go. Null: to the first five admins, or the owner.';

create table gate_requests (
  id hub_id primary key,
  repo_id hub_id not null references repositories on delete cascade,
  user_id hub_id not null references users on delete cascade,
  state gate_state not null,
  created_at timestamptz not null,
  asked boolean not null,
  answers jsonb not null default '[]',
  handled_by_id hub_id,
  handled_at timestamptz,
  reason text,
  expires_at timestamptz,
  notified_at timestamptz,
  unique (repo_id, user_id)
);
create index gate_requests_listed on gate_requests (repo_id, state, created_at desc, id desc);
create index gate_requests_of_user on gate_requests (user_id);
create index gate_requests_expiry on gate_requests (expires_at) where state = 'accepted' and expires_at is not null;
create index gate_requests_untold on gate_requests (repo_id, created_at) where state = 'pending' and notified_at is null;
comment on table gate_requests is 'Requests for access to gated repositories, and access that was granted: one row a person. Accepted ones that have not expired give access.';
comment on column gate_requests.asked is 'False: the access was granted without a request.';
comment on column gate_requests.answers is 'A list of {name, type, answer}: the fields as they were asked.';
comment on column gate_requests.handled_by_id is 'Who decided. Null: not decided yet, or accepted automatically. No reference: a record, which gives no rights.';
comment on column gate_requests.reason is 'Why it was rejected; the person sees it.';
comment on column gate_requests.expires_at is 'Until when the access lasts. Past it, the access is void; the state follows within minutes.';
comment on column gate_requests.notified_at is 'When the authors were told of the pending request.';

create table gate_organizations (
  id hub_id primary key,
  repo_id hub_id not null references repositories on delete cascade,
  org_id hub_id not null references organizations on delete cascade,
  role org_role,
  expires_at timestamptz,
  granted_by_id hub_id not null,
  granted_at timestamptz not null,
  unique (repo_id, org_id)
);
create index gate_organizations_of_org on gate_organizations (org_id);
comment on table gate_organizations is 'Access to gated repositories that whole organizations have: their members, while they are.';
comment on column gate_organizations.role is 'The lowest role that has the access. Null: every member.';
comment on column gate_organizations.granted_by_id is 'No reference: a record, which gives no rights.';

create table gate_downloads (
  hash bytea primary key,
  repo_id hub_id not null references repositories on delete cascade,
  user_id hub_id not null references users on delete cascade,
  via text not null check (via in ('file', 'lfs', 'git')),
  path text,
  revision text,
  first_at timestamptz not null,
  last_at timestamptz not null,
  requests integer not null
);
create index gate_downloads_listed on gate_downloads (repo_id, last_at desc, hash desc);
create index gate_downloads_of_user on gate_downloads (user_id);
create index gate_downloads_age on gate_downloads (last_at);
comment on table gate_downloads is 'Who downloaded what from gated repositories: a row a person, file, revision, and day.';
comment on column gate_downloads.hash is 'SHA-256 of what the row is about, so that requests for one file are counted in one row.';
