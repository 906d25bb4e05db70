/** What is wrong with the name of a person or an organization, before the server is asked; undefined when nothing is. */
export function whyNotAName(name: string): string | undefined {
  if (!/^[A-Za-z0-9-]*$/.test(name)) return 'Use only letters, digits, and hyphens.'
  if (name.length < 2 || name.length > 42) return 'Use 2 to 42 characters.'
  if (name.startsWith('-') || name.endsWith('-')) return 'Can’t start or end with a hyphen.'
  if (name.includes('--')) return 'Can’t have two hyphens in a row.'
  if (/^\d+$/.test(name)) return 'Can’t be only digits.'
  if (/^[0-9a-fA-F]{24}$/.test(name)) return 'Can’t look like an ID.'
  return undefined
}

/** What a typed name would be in a URL, or the word `name` where it can’t be in one. */
export function nameInUrl(typed: string): string {
  const name = typed.trim()
  return /^[A-Za-z0-9-]+$/.test(name) ? name : 'name'
}
