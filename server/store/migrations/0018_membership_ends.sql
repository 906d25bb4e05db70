create table membership_ends (
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  at timestamptz not null,
  primary key (org_id, user_id)
);
create index membership_ends_user on membership_ends (user_id);
create index membership_ends_at on membership_ends (at);
comment on table membership_ends is 'When people last stopped being members. Invitations sent before don''t let them back in. Kept for as long as an invitation can be valid.';
