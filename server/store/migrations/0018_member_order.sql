-- The member list sorts by the name that it shows, É like E.
alter table users add column sort_name text generated always as
  (lower(regexp_replace(normalize(coalesce(nullif(fullname, ''), name), nfd), U&'[\0300-\036f]', '', 'g'))) stored;
comment on column users.sort_name is 'Name that lists of people sort by: the full name, or the username, in lower case and without accents.';

alter table memberships add column sort_name text not null default '';
update memberships m set sort_name = u.sort_name from users u where u.id = m.user_id;
comment on column memberships.sort_name is 'Copy of users.sort_name, maintained by triggers, so that one index has the members of an organization in order.';
create index memberships_name on memberships (org_id, sort_name collate "C", id);

create or replace function copy_search_to_membership() returns trigger language plpgsql as $$
begin
  select search, totp_enabled_at is not null, sort_name into new.search, new.has_two_factor, new.sort_name
  from users where id = new.user_id;
  return new;
end $$;
create or replace function copy_search_to_memberships() returns trigger language plpgsql as $$
begin
  update memberships set search = new.search, sort_name = new.sort_name where user_id = new.id;
  return null;
end $$;
