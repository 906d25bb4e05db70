create table token_scopes (
  token_id hub_id not null references access_tokens on delete cascade,
  org_id hub_id references organizations on delete cascade,
  group_id hub_id references resource_groups on delete cascade,
  repo_id hub_id references repositories on delete cascade,
  permissions text[] not null check (cardinality(permissions) > 0 and permissions
    <@ array['repo.content.read', 'repo.write', 'org.read', 'org.write', 'resourceGroup.write']),
  check (num_nonnulls(org_id, group_id, repo_id) <= 1)
);
-- Each also finds the scope of one token on one thing, and what ends with that thing.
create unique index token_scopes_on_org on token_scopes (org_id, token_id) where org_id is not null;
create unique index token_scopes_on_group on token_scopes (group_id, token_id) where group_id is not null;
create unique index token_scopes_on_repo on token_scopes (repo_id, token_id) where repo_id is not null;
create unique index token_scopes_on_own on token_scopes (token_id)
  where org_id is null and group_id is null and repo_id is null;
create index token_scopes_of_token on token_scopes (token_id);
comment on table token_scopes is 'What a fine-grained access token can reach, with which permissions. Never more than its owner can. If all three IDs are null, the row is about the namespace of the owner.';
