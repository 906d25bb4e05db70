import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { digest, randomText } from '../kernel/secret.ts'
import type { Tx } from '../store/database.ts'
import {
  countPastDays,
  countPastWeeks,
  insertInvitation,
  insertInviteLink,
  insertRequest,
  nameSuccessors,
  openDoors,
  setPrices,
} from './doors-store.ts'
import { daysAgo } from './history.ts'
import { demoName, meridian, waiting } from './world.ts'

const tokenLength = 32
const linkSecretLength = 43

/** The people of the demo, by name. */
type Ids = ReadonlyMap<string, string>

/** Fills what stands at the doors of the demo's main organization: who is invited, who asks, and the seats they take. */
export async function addDoors(tx: Tx, orgId: string, people: Ids): Promise<void> {
  const founder = people.get(demoName(meridian.people[0].fullname)) ?? ''
  const token = randomText(tokenLength)
  const addedAt = daysAgo(2)
  const { domain, seats } = waiting
  await openDoors(tx, { id: orgId, domainId: newId(), domain, token, addedBy: founder, at: addedAt, seats })
  await invite(tx, orgId, people, founder)
  await ask(tx, orgId, people)
  await addLink(tx, orgId, founder)
  await nameSuccessors(
    tx,
    orgId,
    waiting.successors.map((fullname) => people.get(demoName(fullname)) ?? ''),
  )
  await setPrices(tx)
}

/** Fills in the past that the seats and the activity of an organization show. */
export async function addPast(tx: Tx, orgId: string, days: number): Promise<void> {
  await countPastDays(tx, orgId, daysAgo(days), now())
  await countPastWeeks(tx, orgId, daysAgo(days), now())
}

async function invite(tx: Tx, orgId: string, people: Ids, invitedBy: string): Promise<void> {
  for (const { to, role, message, ago } of waiting.invitations) {
    const userId = people.get(demoName(to)) ?? null
    await insertInvitation(tx, {
      id: newId(),
      orgId,
      userId,
      address: userId === null ? to : null,
      role,
      message,
      hash: digest(randomText(linkSecretLength)),
      invitedBy,
      at: daysAgo(ago),
      expiresAt: secondsFromNow((7 - ago) * daySeconds),
    })
  }
}

async function ask(tx: Tx, orgId: string, people: Ids): Promise<void> {
  for (const { fullname, message, ago } of waiting.requests) {
    const userId = people.get(demoName(fullname))
    if (userId !== undefined) await insertRequest(tx, { id: newId(), orgId, userId, message, at: daysAgo(ago) })
  }
}

async function addLink(tx: Tx, orgId: string, createdBy: string): Promise<void> {
  const secret = randomText(linkSecretLength)
  const [at, expiresAt] = [daysAgo(4), secondsFromNow(10 * daySeconds)]
  const row = { id: newId(), orgId, label: 'Reading group', uses: 3, createdBy, at, expiresAt }
  await insertInviteLink(tx, { ...row, hash: digest(secret), last4: secret.slice(-4) })
}
