alter table organizations add column setup_checklist boolean not null default true;
comment on column organizations.setup_checklist is 'Whether admins see the setup checklist on the page of the organization.';
