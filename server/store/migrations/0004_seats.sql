alter table organizations add column seat_limit integer check (seat_limit >= 0);
comment on column organizations.seat_limit is 'The most seats that may be taken; empty: as many as people like. Lowering it puts nobody out.';

alter table instance add column currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$');
alter table instance add column seat_price_team integer not null default 0 check (seat_price_team >= 0);
alter table instance add column seat_price_enterprise integer not null default 0 check (seat_price_enterprise >= 0);
alter table instance add column seat_price_plus integer not null default 0 check (seat_price_plus >= 0);
comment on column instance.currency is 'ISO 4217; what the prices of seats are in.';
comment on column instance.seat_price_team is 'One seat for a month, in hundredths.';
comment on column instance.seat_price_enterprise is 'One seat for a month, in hundredths.';
comment on column instance.seat_price_plus is 'One seat for a month, in hundredths.';

create index invitations_pending on invitations (org_id, expires_at) where state = 'pending';

create table seat_days (
  org_id hub_id not null references organizations on delete cascade,
  day date not null,
  plan plan not null,
  members integer not null,
  pending integer not null,
  used integer not null,
  primary key (org_id, day)
);
comment on table seat_days is 'Seats of each organization and day (UTC), as they were when most were used; counted every hour, kept for 400 days.';
comment on column seat_days.used is 'Members, and on paid plans pending invitations.';
create index seat_days_day on seat_days (day);

create table member_activity (
  org_id hub_id not null,
  user_id hub_id not null,
  web_at timestamptz,
  api_at timestamptz,
  git_at timestamptz,
  sso_at timestamptz,
  last_at timestamptz not null generated always as (coalesce(greatest(web_at, api_at, git_at, sso_at), '-infinity')) stored,
  primary key (org_id, user_id),
  foreign key (org_id, user_id) references memberships on delete cascade
) with (fillfactor = 80);
comment on table member_activity is 'When each member was last active through each door, to a quarter of an hour. Begins and ends with the membership.';
comment on column member_activity.last_at is 'The latest of the four; -infinity: never since they joined.';
create index member_activity_idle on member_activity (org_id, last_at, user_id);

insert into member_activity (org_id, user_id, web_at) select org_id, user_id, last_active_at from memberships;
alter table memberships drop column last_active_at;

create function begin_member_activity() returns trigger language plpgsql as $$
begin
  insert into member_activity (org_id, user_id) select org_id, user_id from joined;
  return null;
end $$;
create trigger membership_activity after insert on memberships referencing new table as joined
  for each statement execute function begin_member_activity();

create table activity_weeks (
  org_id hub_id not null references organizations on delete cascade,
  week date not null,
  active integer not null,
  primary key (org_id, week)
);
comment on table activity_weeks is 'How many members were active in each week, those who left since too; the week is its Monday (UTC).';
create index activity_weeks_week on activity_weeks (week);
