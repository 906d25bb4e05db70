alter table sso_pending add asks_again boolean not null default false;
comment on column sso_pending.asks_again is 'The identity provider was asked to have the person sign in again, as what requires a recent sign-in needs.';
