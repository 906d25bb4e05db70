alter type petition_state rename to recovery_request_state;

alter table petitions rename to recovery_requests;
alter index petitions_living rename to recovery_requests_living;
alter index petitions_due rename to recovery_requests_due;
alter index petitions_org rename to recovery_requests_org;
alter index petitions_person rename to recovery_requests_person;
comment on table recovery_requests is 'Requests to make a person admin of an organization without active admins, opened by that person or by site admins.';
comment on column recovery_requests.opened_by_id is 'No reference: the command line on the server can open one too.';
comment on column recovery_requests.lost_at is 'Since when the organization had no active admin, as of the opening. A domain counts only if it was verified before.';
comment on column recovery_requests.approvals_needed is 'How many site admins must approve. Fixed at the opening, so that a site admin cannot remove the second one afterwards.';
comment on column recovery_requests.halfway_told_at is 'When those concerned were told at half of the time. Nothing takes effect before.';
comment on column recovery_requests.note is 'One sentence on why it ended, if no person ended it.';

alter table petition_voices rename to recovery_confirmations;
alter table recovery_confirmations rename column petition_id to recovery_request_id;
alter table recovery_confirmations rename column voice_id to confirmed_by_id;
comment on table recovery_confirmations is 'Members who confirmed a recovery request, or site admins who approved one, each once.';
comment on column recovery_confirmations.confirmed_by_id is 'No reference: the command line on the server counts as a site admin.';

alter table offboardings rename column receipt to report;
comment on table offboardings is 'Offboarding reports. They outlive the account.';
comment on column offboardings.user_id is 'No reference: writing a report must not wait for a lock on the account.';
comment on column offboardings.report is 'The report as it was hashed: canonical JSON without the hash.';

alter table tombstones rename to rejoin_blocks;
alter index tombstones_user rename to rejoin_blocks_user;
alter index tombstones_offboarding rename to rejoin_blocks_offboarding;
comment on table rejoin_blocks is 'People who were offboarded and cannot rejoin until a moment. Allowing them to rejoin deletes the row.';

comment on column organizations.seat_limit is 'The most seats that can be taken; empty: no limit. Lowering it removes no members.';
comment on column organizations.health_told_at is 'When anyone was last told that it has one active admin, or none.';
comment on column organizations.user_approval is 'People who come by an email domain wait for an admin, whatever allow_join_requests says.';
comment on column organizations.is_verified is 'Has a verified email domain; a copy, kept by whatever changes the state of one.';
comment on table organization_domains is 'Email domains by which people can join an organization. Several may add one; only one has it verified.';
comment on column memberships.probation_until is 'Until then some rights are withheld: set for a person who became admin by recovery, and handed on to those they make admin or writer.';
comment on table lfs_locks is 'Files locked with git-lfs.';
comment on table invitations is 'Invitations to an account, or to an email address; the secret of the link is stored hashed.';
comment on table invite_links is 'Links that let people join; the secret is stored hashed.';
comment on table names is 'The one namespace of people and organizations. Rows that are not current are old names: they redirect until another account takes them.';

-- Constraints keep the name that their table had.
do $$
declare
  old record;
  renamed text;
begin
  for old in
    select conrelid::regclass as of_table, conname from pg_constraint
    where conrelid in ('recovery_requests'::regclass, 'recovery_confirmations'::regclass, 'rejoin_blocks'::regclass, 'offboardings'::regclass)
      and conname ~ 'petition|tombstone|voice|receipt'
  loop
    renamed := replace(old.conname, 'petition_voices', 'recovery_confirmations');
    renamed := replace(renamed, 'petition_id', 'recovery_request_id');
    renamed := replace(renamed, 'petitions', 'recovery_requests');
    renamed := replace(renamed, 'voice_id', 'confirmed_by_id');
    renamed := replace(replace(renamed, 'tombstones', 'rejoin_blocks'), 'receipt', 'report');
    execute format('alter table %s rename constraint %I to %I', old.of_table, old.conname, renamed);
  end loop;
end $$;
