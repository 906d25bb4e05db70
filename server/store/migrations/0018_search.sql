-- One form for what is compared: without case, accents, or invisible characters. Both sides of a search go through it, so
-- that it does not depend on the locale of the database.
do $$
declare
  lowering text;
begin
  select quote_ident(collname) into lowering from pg_collation
    where collname in ('pg_c_utf8', 'und-x-icu') order by collname limit 1;
  execute format($function$
    create function fold(words text) returns text language sql immutable strict parallel safe return
      btrim(regexp_replace(translate(
        replace(replace(replace(replace(lower(
          regexp_replace(normalize(words, nfkd), '[\u0300-\u036f\u00ad\u200b-\u200f\u2060\ufeff]', '', 'g') collate %s),
          'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđıðς', 'oldidσ'), '\s+', ' ', 'g'))
    $function$, coalesce(lowering, '"default"'));
end $$;
create function fold_pattern(words text) returns text language sql immutable strict parallel safe return
  '%' || regexp_replace(fold(words), '([\\%_])', '\\\1', 'g') || '%';

update users set fullname = normalize(fullname, nfc) where fullname is not nfc normalized;
update organizations set fullname = normalize(fullname, nfc) where fullname is not nfc normalized;
update resource_groups set name = normalize(name, nfc) where name is not nfc normalized;

alter table users drop column search;
alter table users add column search text generated always as (fold(name || ' ' || fullname)) stored;
create index users_search on users using gin (search gin_trgm_ops) with (fastupdate = off) where state <> 'deleted';
drop index users_fullname;
create index users_fullname on users (fold(fullname) collate "C") where state <> 'deleted';
update memberships m set search = u.search from users u where u.id = m.user_id and m.search <> u.search;

drop index organizations_fullname;
create index organizations_fullname on organizations (fold(fullname) collate "C") where deleted_at is null;
drop index organizations_search;
create index organizations_search on organizations using gin (fold(name || ' ' || fullname) gin_trgm_ops) with (fastupdate = off)
  where deleted_at is null;

-- Of groups whose names are now one, the oldest keeps it.
update resource_groups g set name = left(g.name, 180) || ' (' || right(g.id, 6) || ')'
  from (select id, row_number() over (partition by org_id, fold(name) order by id) as place from resource_groups) twin
  where twin.id = g.id and twin.place > 1;
drop index resource_groups_name;
create unique index resource_groups_name on resource_groups (org_id, fold(name));
