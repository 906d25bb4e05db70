-- A file lock ends with every way out of the organization, whoever takes it: no caller has to think of it.
create function unlock_with_membership() returns trigger language plpgsql as $$
begin
  delete from lfs_locks k using repositories r, gone g
  where k.user_id = g.user_id and r.id = k.repo_id and r.org_id = g.org_id;
  return null;
end $$;
create trigger membership_file_locks after delete on memberships referencing old table as gone
  for each statement execute function unlock_with_membership();

create function unlock_with_access() returns trigger language plpgsql as $$
begin
  delete from lfs_locks k using repositories r, gone g
  where k.user_id = g.user_id and k.repo_id = g.repo_id and r.id = k.repo_id
    and not exists (select from memberships m where m.org_id = r.org_id and m.user_id = k.user_id);
  return null;
end $$;
create trigger collaborator_file_locks after delete on repo_collaborators referencing old table as gone
  for each statement execute function unlock_with_access();

create function unlock_with_account() returns trigger language plpgsql as $$
begin
  delete from lfs_locks where user_id = new.id;
  return null;
end $$;
create trigger account_file_locks after update of state on users for each row
  when (new.state <> 'active') execute function unlock_with_account();
