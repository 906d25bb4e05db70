-- Site admins list the repositories of deleted accounts.
create index users_deleted on users (id) where state = 'deleted';
