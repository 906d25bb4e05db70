/** What is wrong with the name of a person or an organization, before the server is asked; undefined when nothing is. */
export function whyNotAName(name: string): string | undefined {
  if (!/^[A-Za-z0-9-]*$/.test(name)) return 'Only letters, digits and hyphens.'
  if (name.length < 2 || name.length > 42) return 'Between 2 and 42 characters.'
  if (name.startsWith('-') || name.endsWith('-')) return 'No hyphen at the beginning or end.'
  if (name.includes('--')) return 'No two hyphens in a row.'
  if (/^\d+$/.test(name)) return 'Not digits only.'
  if (/^[0-9a-fA-F]{24}$/.test(name)) return 'Not the shape of an id.'
  return undefined
}
