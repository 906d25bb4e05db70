/** How many people the dialog takes; more come as a file. */
export const mostPeople = 50

/** The people in what was typed or pasted: addresses and usernames, however they are separated. */
export function everyPerson(text: string): string[] {
  return text.split(/[\r\n]+/).flatMap(peopleIn)
}

/** The same people, each once. */
export function readPeople(text: string): string[] {
  return distinct(everyPerson(text))
}

/** The same people without those named twice; capitals make no difference. */
export function distinct(people: readonly string[]): string[] {
  const seen = new Set<string>()
  return people.filter((who) => !seen.has(who.toLowerCase()) && seen.add(who.toLowerCase()))
}

/** `ada@example.org`, `ada, bo; cy`, or `Ada Lovelace <ada@example.org>, …` as people copy them from an email. */
function peopleIn(line: string): string[] {
  const bracketed = [...line.matchAll(/<([^<>]+)>/g)].map(([, inside]) => inside ?? '')
  const found = bracketed.length > 0 ? bracketed : line.split(/[\s,;]+/)
  return found.map((who) => who.trim().replace(/^@/, '')).filter((who) => who !== '')
}

/** A person as the API names them. */
export function rowOf(who: string): { email: string } | { username: string } {
  return who.indexOf('@') > 0 ? { email: who } : { username: who.replace(/^@/, '') }
}
