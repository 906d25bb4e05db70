create table avatars (
  user_id hub_id references users on delete cascade,
  org_id hub_id references organizations on delete cascade,
  image bytea not null check (octet_length(image) <= 1048576),
  hash bytea not null,
  changed_at timestamptz not null,
  check (num_nonnulls(user_id, org_id) = 1)
);
create unique index avatars_user on avatars (user_id);
create unique index avatars_org on avatars (org_id);
comment on table avatars is 'Uploaded pictures of people and organizations. Those without a row have their initials.';
comment on column avatars.image is 'WebP, as Guildhall encoded it: never the bytes that were uploaded.';
comment on column avatars.hash is 'SHA-256 of the image.';
