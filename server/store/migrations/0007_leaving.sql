create table offboardings (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null,
  at timestamptz not null,
  removed integer not null,
  receipt text not null
);
comment on table offboardings is 'Receipts of people whose everything in an organization was ended. They outlive the account.';
comment on column offboardings.user_id is 'No reference: writing a receipt waits for nobody who holds the account.';
comment on column offboardings.removed is 'How many things were removed, for the list.';
comment on column offboardings.receipt is 'The receipt as it was hashed: canonical JSON without the hash.';
create index offboardings_org on offboardings (org_id, id desc);
create index offboardings_user on offboardings (org_id, user_id, id desc);

create table tombstones (
  org_id hub_id not null references organizations on delete cascade,
  user_id hub_id not null references users on delete cascade,
  offboarding_id hub_id not null references offboardings on delete cascade,
  until timestamptz not null,
  primary key (org_id, user_id)
);
comment on table tombstones is 'Who was offboarded, and is let in by no door until a moment; lifting it deletes the row.';
create index tombstones_user on tombstones (user_id);
create index tombstones_offboarding on tombstones (offboarding_id);

create table token_revocations (
  org_id hub_id not null references organizations on delete cascade,
  token_id hub_id not null references access_tokens on delete cascade,
  at timestamptz not null,
  primary key (org_id, token_id)
);
comment on table token_revocations is 'Tokens that an organization does not trust any more; elsewhere they go on working. That is final.';
create index token_revocations_token on token_revocations (token_id);
