import type { ActivityDoor } from '../../../api/billing.ts'
import type { Facts } from '../../access/facts.ts'
import { minuteSeconds, now } from '../../kernel/clock.ts'
import { log } from '../../kernel/log.ts'
import type { Db } from '../../store/database.ts'
import { type Sighting, writeSightings } from './presence-store.ts'

/** Notes which members are at work, at next to no cost for the request. */
export interface Presence {
  /** Notes the caller of a request as active in the organization it is about, if they are a member there. */
  note(facts: Facts, isTransport: boolean): void
  /** Writes down what was noted. */
  flush(): Promise<void>
  /** The same for the last time. */
  close(): Promise<void>
}

const grainMs = 15 * minuteSeconds * 1000
const writeEveryMs = 3000
const mostRemembered = 50_000
const mostWaiting = 20_000

/**
 * Starts noting. Each member and door is noted once in a quarter of an hour and written down a few seconds later, together
 * with the others. What cannot be written is forgotten, so that the next request notes it again.
 */
export function openPresence(db: Db): Presence {
  const remembered = new Set<string>()
  let quarter = 0
  let waiting: Sighting[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  function note(facts: Facts, isTransport: boolean): void {
    const { actor, org } = facts
    if (actor === undefined || actor.service || org?.role === undefined || waiting.length >= mostWaiting) return
    const current = Math.floor(now().getTime() / grainMs)
    if (current !== quarter || remembered.size >= mostRemembered) remembered.clear()
    quarter = current
    const sighting = { orgId: org.id, userId: actor.id, door: doorOf(actor.via, isTransport), at: quarter * grainMs }
    const key = keyOf(sighting, sighting.door)
    if (remembered.has(key)) return
    remembered.add(key)
    waiting.push({ ...sighting, at: new Date(sighting.at) })
    timer ??= setTimeout(flush, writeEveryMs).unref()
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(write)
    return writing
  }

  async function write(): Promise<void> {
    const sightings = waiting
    waiting = []
    if (sightings.length === 0) return
    const written = await writeSightings(db, sightings).catch((error) => {
      log.warn({ err: error }, 'could not record activity')
      return []
    })
    const done = new Set(written.map((row) => keyOf(row)))
    for (const sighting of sightings) if (!done.has(keyOf(sighting))) remembered.delete(keyOf(sighting, sighting.door))
  }

  return { note, flush, close: flush }
}

function keyOf({ orgId, userId }: { orgId: string; userId: string }, door = ''): string {
  return `${orgId}${userId}${door}`
}

// A browser never speaks git: what comes with a session is the web, large files it uploads too.
function doorOf(via: 'token' | 'session' | 'console', isTransport: boolean): ActivityDoor {
  if (via === 'session') return 'web'
  return isTransport ? 'git' : 'api'
}
