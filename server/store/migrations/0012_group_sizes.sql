create table group_sizes (
  group_id hub_id primary key references resource_groups on delete cascade,
  people integer not null check (people >= 0)
);
comment on table group_sizes is 'How many people have a role in a group, kept by triggers on group_roles: a page of members shows it without counting.';
insert into group_sizes select g.id, count(distinct r.user_id)
  from resource_groups g left join group_roles r on r.group_id = g.id group by g.id;

create function begin_group_size() returns trigger language plpgsql as $$
begin
  insert into group_sizes (group_id, people) select id, 0 from created;
  return null;
end $$;
create trigger group_size after insert on resource_groups referencing new table as created
  for each statement execute function begin_group_size();

-- The sizes are locked first, in one order. Only after that the people are looked at, so that what others wrote is counted.
create function add_to_group_sizes() returns trigger language plpgsql as $$
begin
  perform from group_sizes where group_id in (select group_id from added) order by group_id for no key update;
  update group_sizes s set people = s.people + n.people from (
    select a.group_id, count(*) people from (select group_id, user_id, count(*) roles from added group by group_id, user_id) a
    where a.roles = (select count(*) from group_roles r where r.group_id = a.group_id and r.user_id = a.user_id)
    group by a.group_id
  ) n where s.group_id = n.group_id;
  return null;
end $$;
create trigger group_sizes_grow after insert on group_roles referencing new table as added
  for each statement execute function add_to_group_sizes();

create function take_from_group_sizes() returns trigger language plpgsql as $$
begin
  perform from group_sizes where group_id in (select group_id from gone) order by group_id for no key update;
  update group_sizes s set people = s.people - n.people from (
    select a.group_id, count(*) people from (select distinct group_id, user_id from gone) a
    where (select r.source from group_roles r where r.group_id = a.group_id and r.user_id = a.user_id limit 1) is null
    group by a.group_id
  ) n where s.group_id = n.group_id;
  return null;
end $$;
create trigger group_sizes_shrink after delete on group_roles referencing old table as gone
  for each statement execute function take_from_group_sizes();
