create index repositories_gated_of_org on repositories (org_id) where gate is not null and org_id is not null;
create index repositories_gated_of_user on repositories (user_id) where gate is not null and user_id is not null;
