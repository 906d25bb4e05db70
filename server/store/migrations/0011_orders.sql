create index repositories_changed on repositories (type, updated_at, id);
create index invite_links_creator on invite_links (created_by);
