create type collaborator_role as enum ('read', 'write');

alter table repositories
  add column head text check (head ~ '^[0-9a-f]{40}$'),
  add column pushed_at timestamptz,
  add column tidied_at timestamptz,
  add column card jsonb,
  add column tags text[] not null default '{}',
  add column git_bytes bigint not null default 0,
  add column lfs_bytes bigint not null default 0;
comment on column repositories.head is 'The commit of main that card and tags were read from; git itself is the truth.';
comment on column repositories.card is 'Metadata at the head of README.md, as JSON.';
comment on column repositories.git_bytes is 'Size of the git folder when it was last measured.';
comment on column repositories.lfs_bytes is 'Sum of the LFS objects of this repository.';
create index repositories_tags on repositories using gin (tags);
create index repositories_untidy on repositories (pushed_at) where tidied_at is null or tidied_at < pushed_at;

create table repo_collaborators (
  repo_id hub_id not null references repositories on delete cascade,
  user_id hub_id not null references users on delete cascade,
  role collaborator_role not null,
  expires_at timestamptz,
  added_by text,
  added_at timestamptz not null,
  primary key (repo_id, user_id)
);
comment on table repo_collaborators is 'Grants on one repository to people who need not be members.';
create index repo_collaborators_user on repo_collaborators (user_id);

create table lfs_objects (
  repo_id hub_id not null references repositories on delete cascade,
  oid text not null check (oid ~ '^[0-9a-f]{64}$'),
  size bigint not null check (size >= 0),
  uploaded_by text,
  uploaded_at timestamptz not null,
  referenced_at timestamptz,
  file_name text,
  git_oid text check (git_oid ~ '^[0-9a-f]{40}$'),
  primary key (repo_id, oid)
);
comment on column lfs_objects.git_oid is 'What git would call the content, of objects that came in a commit: clients compare it before they send it again.';
comment on table lfs_objects is 'LFS objects whose bytes are stored; a repository has only those of its own rows.';
comment on column lfs_objects.referenced_at is 'When a commit first pointed to it; one that no commit ever points to is collected.';
create index lfs_objects_unreferenced on lfs_objects (uploaded_at) where referenced_at is null;

create table lfs_uploads (
  id text primary key,
  repo_id hub_id not null references repositories on delete cascade,
  oid text not null,
  size bigint not null,
  store_id text not null,
  begun_at timestamptz not null,
  touched_at timestamptz not null
);
comment on table lfs_uploads is 'Uploads in parts that are under way.';
comment on column lfs_uploads.store_id is 'What the upload is called where the bytes are.';
comment on column lfs_uploads.touched_at is 'When its last part arrived: its links live on as long as it goes on.';
create index lfs_uploads_object on lfs_uploads (repo_id, oid);

create table lfs_locks (
  id hub_id primary key,
  repo_id hub_id not null references repositories on delete cascade,
  path text not null,
  user_id hub_id not null references users on delete cascade,
  locked_at timestamptz not null,
  unique (repo_id, path)
);
comment on table lfs_locks is 'Files that somebody has locked with git-lfs.';
create index lfs_locks_user on lfs_locks (user_id);
