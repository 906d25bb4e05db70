alter table organizations
  add column enforce_ip_ranges boolean not null default false,
  add column ip_ranges text[] not null default '{}';
comment on column organizations.enforce_ip_ranges is 'Whether roles count only for requests from the IP ranges.';
comment on column organizations.ip_ranges is 'Networks in CIDR notation from which roles count while the restriction is on.';
