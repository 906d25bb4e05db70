-- What decides about an account takes a recent sign-in.
alter table sessions add column confirmed_at timestamptz;
update sessions set confirmed_at = created_at;
alter table sessions alter column confirmed_at set not null;
comment on column sessions.confirmed_at is 'When the person last gave the password, and the code where 2FA is on: at sign-in, or asked again later.';
