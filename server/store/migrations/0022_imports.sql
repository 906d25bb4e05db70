create table imports (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  kind text not null check (kind in ('members', 'invitations')),
  created_by hub_id references users on delete set null,
  created_at timestamptz not null,
  changed integer not null,
  invited integer not null,
  removed integer not null,
  undo text not null
);
create index imports_of_organization on imports (org_id, id);
create index imports_created_by on imports (created_by);
create index imports_created_at on imports (created_at);
comment on table imports is 'Bulk changes and bulk invitations of the last 30 days, at most 500 for each organization.';
comment on column imports.undo is 'Undo file (CSV) for changing members in bulk. Can contain email addresses that were invited.';
