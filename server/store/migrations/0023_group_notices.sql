comment on column organizations.notify_members is 'Members get an email when their role or their resource groups change, or they are removed.';

create table group_notices (
  org_id hub_id not null,
  user_id hub_id not null,
  group_id hub_id not null references resource_groups on delete cascade,
  was_role org_role,
  primary key (org_id, user_id, group_id),
  foreign key (org_id, user_id) references member_notices on delete cascade
);
create index group_notices_group on group_notices (group_id);
comment on table group_notices is 'Resource groups that the email of a member notice lists. Deleted with the notice.';
comment on column group_notices.was_role is 'Role in the group before the first change that the member has not been told about; null if not in the group.';
comment on table member_notices is 'Members to email about a change of their role or resource groups, or a removal. Deleted in the transaction that writes the email, so that each is sent once.';
