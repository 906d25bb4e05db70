alter table instance add column kept_keys bytea;
comment on column instance.kept_keys is 'Sealed with the key of the instance: the keys for what stays signed as it is when that key is rotated, such as recovery codes and the seals of the audit log.';
