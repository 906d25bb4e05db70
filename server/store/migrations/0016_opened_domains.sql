-- Which organizations an address opens is asked by its domain, verified or not.
create index organization_domains_domain on organization_domains (domain);
