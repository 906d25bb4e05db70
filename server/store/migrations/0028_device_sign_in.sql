alter table access_tokens add refresh_expires_at timestamptz;
comment on column access_tokens.refresh_expires_at is 'Until when a program can renew this token with its refresh token. Null: no program signed in with it.';

create table refresh_tokens (
  hash bytea primary key,
  token_id hub_id not null references access_tokens on delete cascade,
  client_id text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create unique index refresh_tokens_unused on refresh_tokens (token_id) where used_at is null;
create index refresh_tokens_token on refresh_tokens (token_id);
create index refresh_tokens_expiry on refresh_tokens (expires_at);
comment on table refresh_tokens is 'Refresh tokens of programs that signed in, stored as SHA-256 hashes. At most one per access token is unused.';
comment on column refresh_tokens.used_at is 'A used one that comes again was stolen, or its thief was first: the access token is deleted. Kept for that until it expires.';

create table device_codes (
  hash bytea primary key,
  user_code text not null unique,
  client_id text not null,
  ip text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  denied boolean not null default false,
  token_id hub_id references access_tokens on delete cascade,
  polled_at timestamptz,
  interval_seconds integer not null,
  check (not (denied and token_id is not null))
);
create index device_codes_token on device_codes (token_id) where token_id is not null;
create index device_codes_expiry on device_codes (expires_at);
comment on table device_codes is 'Programs that wait to be signed in (RFC 8628). The row is deleted when the program gets its token.';
comment on column device_codes.ip is 'Address of the program, shown to the person who approves. Deleted with the row, a day after it expired at the latest.';
comment on column device_codes.token_id is 'The token that the approval created. Its first secret is thrown away: the program gets a new one.';
