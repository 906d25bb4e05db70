alter table access_tokens add column skips_network_security boolean not null default false;
comment on column access_tokens.skips_network_security is 'Of a service account: works from any IP address, whatever IP ranges its organization has.';
