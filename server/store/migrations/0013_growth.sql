alter table repositories
  add column library_name text,
  add column pipeline_tag text,
  add column sdk text,
  add column card_bytes integer not null default 0;
comment on column repositories.library_name is 'Copy of a field of the card, as are pipeline_tag and sdk: lists show these without reading the card.';
comment on column repositories.card_bytes is 'Length of the card as text: lists leave out cards that are large.';
update repositories set card_bytes = octet_length(card::text),
  library_name = case when length(card ->> 'library_name') between 1 and 100 then card ->> 'library_name' end,
  pipeline_tag = case when length(card ->> 'pipeline_tag') between 1 and 100 then card ->> 'pipeline_tag' end,
  sdk = case when length(card ->> 'sdk') between 1 and 100 then card ->> 'sdk' end
  where card is not null;

-- A search of one or two letters has no trigrams: it asks what begins with them, in order, and stops when it has enough.
create index names_people on names (lower_name collate "C") where current and user_id is not null;
create index names_organizations on names (lower_name collate "C") where current and org_id is not null;
create index users_fullname on users (lower(fullname) collate "C") where state <> 'deleted';
create index organizations_fullname on organizations (lower(fullname) collate "C") where deleted_at is null;
create index organizations_search on organizations using gin (lower(name || ' ' || fullname) gin_trgm_ops) where deleted_at is null;
create index repositories_beginning on repositories (lower(name) collate "C");

-- Rows that wait for a vacuum to be put into the index are gone through one by one in every search until then.
alter index users_search set (fastupdate = off);
alter index memberships_search set (fastupdate = off);
alter index repositories_name set (fastupdate = off);
alter index repositories_tags set (fastupdate = off);
alter index organizations_search set (fastupdate = off);
select gin_clean_pending_list(name) from unnest(array['users_search', 'memberships_search', 'repositories_name', 'repositories_tags']::regclass[]) name;
