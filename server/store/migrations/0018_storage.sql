-- Limits on the storage of accounts and organizations.
alter table instance
  add column user_storage bigint check (user_storage >= 0),
  add column sign_up_storage bigint default 10000000000 check (sign_up_storage >= 0),
  add column org_storage bigint check (org_storage >= 0);
comment on column instance.user_storage is 'Storage limit of each account, in bytes. Null means no limit.';
comment on column instance.sign_up_storage is 'Storage limit of accounts from open sign-up, and of the organizations that they create, in bytes. Null means no limit.';
comment on column instance.org_storage is 'Storage limit of each organization, in bytes. Null means no limit.';

alter table users
  add column open_sign_up boolean not null default false,
  add column storage_limit bigint check (storage_limit >= -1);
comment on column users.open_sign_up is 'Whether the account comes from open sign-up, without an invitation.';
comment on column users.storage_limit is 'Storage limit set by a site admin, in bytes. -1 means no limit, null means the default of the instance.';

alter table organizations
  add column open_sign_up boolean not null default false,
  add column storage_limit bigint check (storage_limit >= -1);
comment on column organizations.open_sign_up is 'Whether it was created by an account from open sign-up.';
comment on column organizations.storage_limit is 'Storage limit set by a site admin, in bytes. -1 means no limit, null means the default of the instance.';

alter table lfs_uploads add column sent_bytes bigint not null default 0;
comment on column lfs_uploads.sent_bytes is 'Size of the parts that have arrived. It counts toward the storage limit of the owner.';
