-- A mail is put together when it is sent or shown, with the public address of that moment.
alter table mails add column body jsonb;
update mails set body = jsonb_build_object('paragraphs', jsonb_build_array(text_body));
alter table mails alter column body set not null, drop column text_body, drop column html_body;
comment on column mails.body is 'Paragraphs, button and footer. The button has a label and a path on this hub.';
