alter table audit_heads add column seal bytea;
comment on column audit_heads.seal is 'HMAC over scope, place and hash, under the key of the instance, which is not in the database; the ID of the key stands in front.';
alter table audit_events add column seal bytea;
comment on column audit_events.seal is 'The same for every 1,000th event; null for the others.';
