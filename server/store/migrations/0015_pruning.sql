alter table repositories add column prune_wanted_at timestamptz;
comment on column repositories.prune_wanted_at is 'When commits were taken out of reach that must not stay readable by ID. Null after they were pruned.';
create index repositories_prune on repositories (prune_wanted_at) where prune_wanted_at is not null;
