import providers from 'email-providers/all.json' with { type: 'json' }

const known = new Set(providers.map((domain) => domain.toLowerCase()))

/** Whether anybody can have an address in the domain, so that an address there says nothing about where one belongs. */
export function isPublicMailbox(domain: string): boolean {
  return known.has(domain.toLowerCase())
}
