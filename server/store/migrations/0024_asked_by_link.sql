alter table join_requests add column link_id hub_id references invite_links on delete set null;
create unique index join_requests_link on join_requests (link_id, user_id) where link_id is not null;
comment on column join_requests.link_id is 'The invite link that no longer worked, for a request made on its page. Each person can ask once with a link.';
