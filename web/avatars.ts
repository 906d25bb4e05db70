import { useSyncExternalStore } from 'react'

// Pictures that were changed on these pages: the browser would show the one it has for some minutes more.
const changes = new Map<string, number>()
const listeners = new Set<() => void>()

/** Has every page show a picture that was just changed. */
export async function pictureChanged(address: string): Promise<void> {
  const path = pathOf(address)
  await fetch(path, { cache: 'reload' }).catch(() => undefined)
  changes.set(path, (changes.get(path) ?? 0) + 1)
  for (const listener of listeners) listener()
}

/** Where the picture with this address is at the moment. */
export function usePicture(address: string): string {
  const path = pathOf(address)
  const count = useSyncExternalStore(subscribe, () => changes.get(path))
  return count === undefined ? path : `${path}?v=${count}`
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

// Pictures come with the public address of the hub; these pages may be looked at through another one.
function pathOf(address: string): string {
  return address.match(/^https?:\/\/[^/]+(\/api\/avatars\/.*)$/)?.[1] ?? address
}
