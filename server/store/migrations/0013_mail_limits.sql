alter table mails add column kind text, add column actor_id text, add column org_id text, add column link_hash bytea;
comment on column mails.kind is 'What it is about: mails of one kind to one address are limited. Null where it was written before kinds were kept.';
comment on column mails.actor_id is 'The account whose request it was written for, for limits; null where the server itself wrote it.';
comment on column mails.org_id is 'The organization it was written for, for limits; null where it is of none.';
comment on column mails.link_hash is 'SHA-256 of the secret in its link; once that opens nothing any more, the text of a kept or failed mail is blanked.';

update mails set body = jsonb_set(body, '{button,secret}', to_jsonb(found.secret)), link_hash = sha256(convert_to(found.secret, 'UTF8'))
  from (
    select id, coalesce(
      substring(body #>> '{button,path}' from '[?#&]token=([0-9A-Za-z]{43})'),
      substring(body #>> '{button,path}' from '^/join/([0-9A-Za-z]{43})')
    ) as secret from mails
  ) found
  where found.id = mails.id and found.secret is not null;

create index mails_to_one on mails (lower(recipient), kind, created_at);
create index mails_by_one on mails (actor_id, created_at) where actor_id is not null;
create index mails_of_organization on mails (org_id, created_at) where org_id is not null;
create index mails_with_link on mails (link_hash) where link_hash is not null and state in ('kept', 'failed');
