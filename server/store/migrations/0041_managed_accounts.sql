alter type account_state add value 'deprovisioned';
comment on type account_state is 'service: the account belongs to an organization, see service_accounts. It has no name of its own, no address, and no password. deprovisioned: the identity provider of the organization that manages it has deactivated it.';

alter table organizations add column managed_since timestamptz;
comment on column organizations.managed_since is 'Managed SSO: since when the organization owns the accounts that its identity provider signs in. Null: Basic SSO, or none.';

alter table users
  add column managed_by hub_id references organizations on delete set null,
  add column deprovisioned_at timestamptz,
  add column ends_at timestamptz;
create index users_managed_by on users (managed_by, id) where managed_by is not null;
create index users_ends_at on users (ends_at) where ends_at is not null;
comment on column users.managed_by is 'The organization that owns the account. Its identity provider is the only way to sign in, and the account belongs to no other organization.';
comment on column users.deprovisioned_at is 'When the identity provider deactivated the account. It stays when a site admin suspends the account as well.';
comment on column users.ends_at is 'When a managed account that the identity provider deleted is deleted for good.';

alter table sso_pending
  alter column user_id drop not null,
  alter column session_id drop not null,
  add column browser_hash bytea,
  add check ((session_id is null) = (browser_hash is not null));
comment on column sso_pending.browser_hash is 'SHA-256 of a secret of the browser that began, where it is not signed in: managed accounts sign in by this.';
