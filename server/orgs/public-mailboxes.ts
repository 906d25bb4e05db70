import providers from 'email-providers/all.json' with { type: 'json' }

/** Providers of mailboxes and of forwarding addresses that the kept list does not name. */
const alsoPublic = [
  'fastmail.com',
  'posteo.de',
  'posteo.net',
  'tutanota.com',
  'tutanota.de',
  'tutamail.com',
  'tuta.io',
  'tuta.com',
  'keemail.me',
  'gmx.ch',
  'simplelogin.com',
  'anonaddy.me',
  'duck.com',
  'riseup.net',
  'disroot.org',
  'startmail.com',
  'mailfence.com',
  'kolabnow.com',
  'autistici.org',
  'addy.io',
  'passmail.net',
  'mozmail.com',
  'users.noreply.github.com',
]

const known = new Set([...providers.map((domain) => domain.toLowerCase()), ...alsoPublic])

/** Whether anybody can have an address in the domain, so that an address there says nothing about where one belongs. */
export function isPublicMailbox(domain: string): boolean {
  return known.has(domain.toLowerCase())
}
