alter table repositories add gate_eu_disallowed boolean not null
  generated always as (coalesce(gate_form -> 'euDisallowed' = 'true'::jsonb, false)) stored;
comment on column repositories.gate_eu_disallowed is 'The card says that people in the European Union get no access. Each request for files is judged by it.';
