create table invitation_batches (
  id hub_id primary key,
  org_id hub_id not null references organizations on delete cascade,
  created_by hub_id references users,
  created_at timestamptz not null,
  total integer not null
);
comment on table invitation_batches is 'Invitations that were made together; how far their mails are is read from the mails.';
comment on column invitation_batches.total is 'Mails written, which are fewer than invitations where an account has no verified address.';
create index invitation_batches_org on invitation_batches (org_id);
create index invitation_batches_author on invitation_batches (created_by);

alter table mails add column batch_id hub_id references invitation_batches on delete set null;
alter table mails add column job text;
comment on column mails.batch_id is 'The bulk invitation it was written for, for progress.';
comment on column mails.job is 'Key of the job that sends it together with others; null when it has a job of its own, or had one.';
create index mails_batch on mails (batch_id, state) where batch_id is not null;
create index mails_job on mails (job) where job is not null and state = 'queued';
