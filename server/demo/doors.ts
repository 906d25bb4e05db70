import { newInvitationToken } from '../joining/entrance/entrance.ts'
import { invitationMail, requestMail } from '../joining/entrance/mails.ts'
import { daySeconds, now, secondsFromNow } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { digest, randomText } from '../kernel/secret.ts'
import type { Tx } from '../store/database.ts'
import {
  countPastDays,
  countPastWeeks,
  insertDomain,
  insertInvitation,
  insertInviteLink,
  insertRequest,
  nameSuccessors,
  openDoors,
  setPrices,
} from './doors-store.ts'
import { daysAgo } from './history.ts'
import { writeLetter } from './letters.ts'
import { demoAddress, demoName, meridian, verified, waiting } from './world.ts'

const tokenLength = 32
const linkSecretLength = 43

/** The people of the demo, by name. */
type Ids = ReadonlyMap<string, string>

/** Fills what stands at the doors of the demo's main organization: who is invited, who asks, and the seats they take. */
export async function addDoors(tx: Tx, orgId: string, people: Ids): Promise<void> {
  const founder = people.get(demoName(meridian.people[0].fullname)) ?? ''
  const domain = { orgId, addedBy: founder }
  const [added, verifiedAt] = [daysAgo(verified.added, 3), daysAgo(verified.added, 4)]
  await openDoors(tx, { id: orgId, seats: waiting.seats })
  await addDomain(tx, { ...domain, domain: verified.domain, at: added, verifiedAt })
  await addDomain(tx, { ...domain, domain: waiting.domain, at: daysAgo(2), verifiedAt: null })
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

function addDomain(tx: Tx, row: Omit<Parameters<typeof insertDomain>[1], 'id' | 'token'>): Promise<void> {
  return insertDomain(tx, { ...row, id: newId(), token: randomText(tokenLength) })
}

async function invite(tx: Tx, orgId: string, people: Ids, invitedBy: string): Promise<void> {
  for (const { to, role, message, ago } of waiting.invitations) {
    const userId = people.get(demoName(to)) ?? null
    const [at, expiresAt] = [daysAgo(ago), secondsFromNow((7 - ago) * daySeconds)]
    const { token, proof, hash } = newInvitationToken()
    const address = userId === null ? to : null
    await insertInvitation(tx, { id: newId(), orgId, userId, address, role, message, hash, invitedBy, at, expiresAt })
    const by = demoName(meridian.people[0].fullname)
    const recipient = userId === null ? 'no_account' : 'account'
    const letter = { to: address ?? demoAddress(to), org: meridian.name, by, role, message, expiresAt, token, proof }
    await writeLetter(tx, orgId, invitationMail({ ...letter, recipient }), { at, hash })
  }
}

async function ask(tx: Tx, orgId: string, people: Ids): Promise<void> {
  for (const { fullname, message, ago } of waiting.requests) {
    const userId = people.get(demoName(fullname))
    if (userId === undefined) continue
    const at = daysAgo(ago)
    await insertRequest(tx, { id: newId(), orgId, userId, message, at })
    for (const admin of waiting.told) {
      const letter = { to: demoAddress(admin), org: meridian.name, user: demoName(fullname), message }
      await writeLetter(tx, orgId, requestMail(letter), { at })
    }
  }
}

async function addLink(tx: Tx, orgId: string, createdBy: string): Promise<void> {
  const secret = randomText(linkSecretLength)
  const [at, expiresAt] = [daysAgo(4), secondsFromNow(10 * daySeconds)]
  const row = { id: newId(), orgId, label: 'Reading group', uses: 3, createdBy, at, expiresAt }
  await insertInviteLink(tx, { ...row, hash: digest(secret), last4: secret.slice(-4) })
}
