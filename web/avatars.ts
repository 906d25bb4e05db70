import { useEffect, useSyncExternalStore } from 'react'
import { people } from '../api/index.ts'
import { client } from './hub.ts'

// The version of the uploaded picture of a name, null where there is none, undefined while the answer is on its way.
const known = new Map<string, string | null | undefined>()
const listeners = new Set<() => void>()
const asked = new Set<string>()
const mostNames = 50
// Milliseconds in which the names of a page come together to be asked for at once.
const together = 20

/** The address of the uploaded picture of a person or an organization; undefined while it is not known, and without one. */
export function usePicture(name: string): string | undefined {
  const key = name.toLowerCase()
  useEffect(() => ask(key), [key])
  const version = useSyncExternalStore(subscribe, () => known.get(key))
  return version ? `/api/avatars/${encodeURIComponent(key)}?v=${version}` : undefined
}

/** Has every page show a picture that was just changed. */
export async function pictureChanged(name: string): Promise<void> {
  await read([name.toLowerCase()])
}

function ask(name: string): void {
  if (known.has(name)) return
  known.set(name, undefined)
  if (asked.size === 0) setTimeout(readAsked, together)
  asked.add(name)
}

function readAsked(): void {
  const names = [...asked]
  asked.clear()
  for (let from = 0; from < names.length; from += mostNames) void read(names.slice(from, from + mostNames))
}

async function read(names: string[]): Promise<void> {
  const found = await client.call(people.listPictures, { query: { names: names.join(',') } }).catch(() => undefined)
  const versions = new Map(found?.map(({ name, version }) => [name, version]))
  for (const name of names) {
    // After a failure, the next page asks again.
    if (found === undefined) known.delete(name)
    else known.set(name, versions.get(name) ?? null)
  }
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
