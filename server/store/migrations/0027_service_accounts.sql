-- Named by no statement here: PostgreSQL takes a new value only after the transaction that adds it.
alter type account_state add value 'service';
comment on type account_state is 'service: the account belongs to an organization, see service_accounts. It has no name of its own, no address, and no password.';

create table service_accounts (
  id hub_id primary key references users on delete cascade,
  org_id hub_id not null references organizations on delete cascade,
  kind text not null check (kind in ('service_account', 'organization')),
  username text not null unique check (username like '%--%'),
  description text not null default '',
  owner_id hub_id,
  foreign key (org_id, owner_id) references memberships (org_id, user_id) on delete set null (owner_id)
);
create index service_accounts_of_org on service_accounts (org_id, id);
create index service_accounts_of_owner on service_accounts (org_id, owner_id) where owner_id is not null;
comment on table service_accounts is 'Accounts that belong to an organization. They reach what their tokens name there, and nothing of their own.';
comment on column service_accounts.kind is 'organization: the identity of the organization’s API token, which can only read.';
comment on column service_accounts.username is 'Never the name of a person or an organization: those cannot have two hyphens in a row.';
comment on column service_accounts.owner_id is 'The owner of record, always a member: it is emptied when the membership ends, however it ends.';

create table organization_tokens (
  org_id hub_id primary key references organizations on delete cascade,
  token_id hub_id not null unique references access_tokens on delete cascade,
  sealed bytea not null
);
comment on table organization_tokens is 'The API token of each organization that has one. It is a token of an account of kind organization.';
comment on column organization_tokens.sealed is 'Sealed with the key of the instance, so that it can be revealed.';
