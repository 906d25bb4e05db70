alter table instance add column setup_code bytea;
comment on column instance.setup_code is 'Code that creates the first operator, sealed; the same for every process.';

-- Sealed values begin with version 1 and the id of their key, so that keys can be told apart once they rotate.
update users set totp_secret = '\x01'::bytea || decode(instance.key_fingerprint, 'hex') || totp_secret
  from instance where totp_secret is not null;
update idempotency_keys set reply = '\x01'::bytea || decode(instance.key_fingerprint, 'hex') || reply
  from instance where reply is not null;
comment on column users.totp_secret is 'Sealed: version, key ID, nonce, tag, text. In force only once totp_enabled_at is set.';

alter table idempotency_keys
  add column process hub_id references processes on delete set null,
  add column claim hub_id;
comment on column idempotency_keys.process is 'Process that works on the request; empty once it is answered, or when that process is gone.';
comment on column idempotency_keys.claim is 'ID of this attempt: an attempt that was taken over can no longer write.';
create index idempotency_keys_process on idempotency_keys (process) where process is not null;

comment on table processes is 'Hub processes at work on this database. A row whose process is gone is deleted by the others.';
