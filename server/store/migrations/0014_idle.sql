create index users_two_factor on users (id) where totp_enabled_at is not null;

alter table member_activity add column joined_at timestamptz;
update member_activity a set joined_at = m.joined_at from memberships m where m.org_id = a.org_id and m.user_id = a.user_id;
alter table member_activity alter column joined_at set not null;
comment on column member_activity.joined_at is 'Copy of memberships.joined_at: who was never active is inactive since then.';

drop index member_activity_idle;
create index member_activity_idle on member_activity (org_id, last_at, user_id) include (joined_at);

create or replace function begin_member_activity() returns trigger language plpgsql as $$
begin
  insert into member_activity (org_id, user_id, joined_at) select org_id, user_id, joined_at from joined;
  return null;
end $$;

create function copy_joined_at() returns trigger language plpgsql as $$
begin
  update member_activity set joined_at = new.joined_at where org_id = new.org_id and user_id = new.user_id;
  return null;
end $$;
create trigger membership_joined_at after update of joined_at on memberships for each row execute function copy_joined_at();
