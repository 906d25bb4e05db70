-- Organizations of accounts from open sign-up are counted.
create index organizations_open_sign_up on organizations (created_by) where open_sign_up;
