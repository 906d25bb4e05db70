-- Memberships of one organization that end soon, which its admins are told of.
create index memberships_ending on memberships (org_id, expires_at) where expires_at is not null;
