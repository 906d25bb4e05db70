alter table repositories add xet_generation integer not null default 1;
comment on column repositories.xet_generation is 'Part of the address of Xet uploads. Raised when uploaded chunks are deleted, so that clients stop referring to them.';

create table xet_xorbs (
  repo_id hub_id not null references repositories on delete cascade,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  chunks bytea not null,
  staged text check (staged ~ '^[0-9a-f]{24}$'),
  staged_bytes bigint not null default 0 check (staged_bytes >= 0),
  touched_at timestamptz not null,
  primary key (repo_id, hash)
);
alter table xet_xorbs alter chunks set storage external;
create index xet_xorbs_staged on xet_xorbs (touched_at) where staged is not null;
create index xet_xorbs_pending on xet_xorbs (repo_id) include (staged_bytes) where staged is not null;
comment on table xet_xorbs is 'Containers of chunks that clients uploaded by Xet. A repository has only those of its own rows.';
comment on column xet_xorbs.chunks is 'For each chunk 40 bytes: its BLAKE3 hash, its length, and its length in the container.';
comment on column xet_xorbs.staged is 'File that contains it. Null once all of its chunks are in LFS files.';
comment on column xet_xorbs.touched_at is 'When it was last uploaded or used by an upload. One that stays staged is deleted after two days.';

create table xet_places (
  repo_id hub_id not null,
  xorb text not null,
  first_chunk integer not null check (first_chunk >= 0),
  end_chunk integer not null check (end_chunk > first_chunk),
  oid text not null,
  position bigint not null check (position >= 0),
  primary key (repo_id, xorb, first_chunk),
  foreign key (repo_id, xorb) references xet_xorbs on delete cascade,
  foreign key (repo_id, oid) references lfs_objects on delete cascade
);
create index xet_places_object on xet_places (repo_id, oid);
comment on table xet_places is 'Where the chunks of a container are in LFS files.';
comment on column xet_places.end_chunk is 'The chunk after the last one.';
comment on column xet_places.position is 'Byte of the LFS file at which the first chunk begins.';

create table xet_files (
  repo_id hub_id not null,
  hash text not null check (hash ~ '^[0-9a-f]{64}$'),
  oid text not null,
  primary key (repo_id, hash, oid),
  foreign key (repo_id, oid) references lfs_objects on delete cascade
);
create index xet_files_object on xet_files (repo_id, oid);
comment on table xet_files is 'LFS files that were uploaded by Xet, by the hash that Xet gives their content.';
