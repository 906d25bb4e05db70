alter table organizations add column notify_members boolean not null default true;
comment on column organizations.notify_members is 'Members get an email when their role changes or they are removed.';

create table member_notices (
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  was_role org_role not null,
  is_removal boolean not null,
  primary key (org_id, user_id)
);
create index member_notices_user on member_notices (user_id);
comment on table member_notices is 'Members to email about a role change or removal. Deleted in the transaction that writes the email, so that each is sent once.';
comment on column member_notices.was_role is 'Role before the first change that the member has not been told about.';
comment on column member_notices.is_removal is 'The last change was a removal by someone else.';

create table membership_end_notices (
  org_id hub_id not null,
  user_id hub_id not null,
  ends_at timestamptz not null,
  days smallint not null,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references memberships on delete cascade
);
comment on table membership_end_notices is 'The last reminder of each membership that ends: for which end, and how many days before it. Written in the transaction that writes the email, so that each is sent once.';
