alter table access_tokens add reads_gated boolean not null default false;
comment on column access_tokens.reads_gated is 'Of a fine-grained token: it also reads public gated repositories that its owner was given access to.';
