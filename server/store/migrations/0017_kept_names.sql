-- Names that were given up before this migration are kept from now on.
alter table names add column kept_until timestamptz;
update names set kept_until = now() + interval '90 days' where not current;
alter table names drop constraint names_check;
alter table names add constraint names_holder check (num_nonnulls(user_id, org_id) = 1 or num_nonnulls(user_id, org_id) = 0 and not current);
alter table names add constraint names_kept check (current = (kept_until is null));
create index names_kept_until on names (kept_until) where kept_until is not null;
comment on table names is 'The one namespace of people and organizations. Rows that are not current are old names: until kept_until they redirect, and only their former holder can take them.';
comment on column names.kept_until is 'Until when an old name redirects and is kept for its former holder. Without a holder, its organization was deleted for good, and no one can take it before.';

alter table repository_names add column kept_until timestamptz;
alter table repository_names add column released_by_id hub_id;
update repository_names set kept_until = now() + interval '90 days' where not current;
alter table repository_names alter column repo_id drop not null;
alter table repository_names add constraint repository_names_kept check (current = (kept_until is null));
alter table repository_names add constraint repository_names_repo check (not current or repo_id is not null);
create index repository_names_kept_until on repository_names (kept_until) where kept_until is not null;
comment on table repository_names is 'Names of repositories under their owner (a user or organization id). Rows that are not current are old names: until kept_until they redirect, and only the repository, who gave the name up, and admins of the owner can take them.';
comment on column repository_names.repo_id is 'Null once the repository was deleted.';
comment on column repository_names.kept_until is 'Until when an old name redirects and is kept.';
comment on column repository_names.released_by_id is 'Who renamed, moved, or deleted the repository. No reference: a right to create repositories is needed all the same.';
