create type petition_state as enum ('open', 'waiting', 'done', 'vetoed', 'withdrawn', 'expired');

alter table memberships add column probation_until timestamptz;
comment on column memberships.probation_until is 'Until then some rights are withheld: set where somebody became admin by recovery, and handed on to those they make admin or writer.';

alter table memberships add column role_since timestamptz;
comment on column memberships.role_since is 'When the role was last changed; empty: it is the one they came with.';

alter table users add column operator_since timestamptz;
comment on column users.operator_since is 'When the account was made operator; empty: from the beginning, or before this was noted.';

alter table organizations add column health_told_at timestamptz;
comment on column organizations.health_told_at is 'When somebody was last told that it has one usable admin, or none.';
create index organizations_adminless on organizations (id) where adminless_since is not null;

create table petitions (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  person_id hub_id not null references users on delete cascade,
  path text not null check (path in ('successor', 'domain', 'operators')),
  state petition_state not null default 'open',
  reason text not null default '',
  opened_by text not null,
  opened_by_id hub_id not null,
  domain text,
  lost_at timestamptz not null,
  proof_found boolean not null default false,
  proof_checked_at timestamptz,
  proof_problem text,
  approvals_needed integer not null default 0,
  cool_down_days integer not null default 0,
  waiting_since timestamptz,
  halfway_told_at timestamptz,
  effective_at timestamptz,
  created_at timestamptz not null,
  ended_at timestamptz,
  ended_by text,
  note text not null default '',
  check ((path = 'domain') = (domain is not null)),
  check ((state = 'waiting') = (effective_at is not null)),
  check ((state in ('open', 'waiting')) = (ended_at is null))
);
comment on table petitions is 'Who asks to become admin of an organization without one, or for whom operators ask.';
comment on column petitions.opened_by_id is 'No reference: the command line on the server may open one too.';
comment on column petitions.lost_at is 'Since when the organization had no admin to turn to, as of the opening: a domain counts if it was verified before.';
comment on column petitions.approvals_needed is 'How many operators it takes; fixed at the opening, so that no operator gets rid of the second one afterwards.';
comment on column petitions.halfway_told_at is 'When half of the time was over and those concerned were told; nothing takes effect before.';
comment on column petitions.note is 'One sentence on why it ended, where nobody in particular ended it.';
create unique index petitions_living on petitions (org_id, person_id) where state in ('open', 'waiting');
create index petitions_due on petitions (id) where state in ('open', 'waiting');
create index petitions_org on petitions (org_id, id desc);
create index petitions_person on petitions (person_id);

create table petition_voices (
  petition_id hub_id not null references petitions on delete cascade,
  voice_id hub_id not null,
  name text not null,
  at timestamptz not null,
  primary key (petition_id, voice_id)
);
comment on table petition_voices is 'Members who confirm a petition, or operators who approve one, each once.';
comment on column petition_voices.voice_id is 'No reference: the command line on the server counts as an operator.';
