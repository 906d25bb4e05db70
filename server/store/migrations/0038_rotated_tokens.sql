alter table access_tokens add column rotated_at timestamptz;
comment on column access_tokens.rotated_at is 'When the secret was last replaced. Empty: it is the first one.';

alter table imports add column revoked integer not null default 0;
comment on column imports.revoked is 'How many pending invitations it revoked.';

comment on column service_accounts.owner_id is 'The owner, always a member: it is emptied when the membership ends, however it ends.';
