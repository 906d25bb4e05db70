create type domain_state as enum ('unverified', 'verified', 'failing');

alter table organizations add column user_approval boolean not null default false;
comment on column organizations.user_approval is 'People who come by an e-mail domain wait for an admin, whatever allow_join_requests says.';
comment on column organizations.is_verified is 'Has a verified e-mail domain; a copy, kept by whatever changes the state of one.';

create table organization_domains (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  domain text not null check (domain = lower(domain)),
  token text not null,
  state domain_state not null default 'unverified',
  added_at timestamptz not null,
  added_by hub_id references users,
  verified_at timestamptz,
  checked_at timestamptz,
  failing_since timestamptz,
  problem text,
  check ((state = 'failing') = (failing_since is not null)),
  check ((state = 'unverified') = (verified_at is null))
);
comment on table organization_domains is 'E-mail domains by which people may join an organization. Several may add one; only one has it verified.';
comment on column organization_domains.token is 'What the DNS record that verifies the domain ends with. Everybody who looks the record up sees it: no secret.';
comment on column organization_domains.verified_at is 'Since when it is verified without a break; a lost verification leaves nothing.';
comment on column organization_domains.checked_at is 'When the DNS last answered, with the record or without it.';
comment on column organization_domains.failing_since is 'When the DNS first answered without the record; the verification counts for 7 more days.';
create unique index organization_domains_once on organization_domains (org_id, domain);
create unique index organization_domains_verified on organization_domains (domain) where state <> 'unverified';
create index organization_domains_due on organization_domains (checked_at) where state <> 'unverified';
create index organization_domains_adder on organization_domains (added_by);
