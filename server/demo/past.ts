import { daySeconds, minuteOf, secondsFromNow } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { type Sealed, sealReport } from '../leaving/offboarding/report.ts'
import type { Tx } from '../store/database.ts'
import { daysAgo, type PastEvent } from './history.ts'
import { insertCollaborator, insertOffboarding } from './past-store.ts'
import { collaboration, demoName, meridian, offboarded } from './world.ts'

const rejoinBlockDays = 90

/** Lets the outside collaborator in, and offboards one person, in the past; answers the events of both. */
export async function addOutsiders(tx: Tx, orgId: string, people: ReadonlyMap<string, string>): Promise<PastEvent[]> {
  const idOf = (fullname: string) => people.get(demoName(fullname)) ?? ''
  return [
    await collaborate(tx, orgId, idOf(collaboration.fullname)),
    ...(await offboard(tx, orgId, idOf(offboarded.fullname))),
  ]
}

async function collaborate(tx: Tx, orgId: string, userId: string): Promise<PastEvent> {
  const { fullname, repo, role, ago, endsIn } = collaboration
  const [by, user, at] = [demoName(collaboration.by), demoName(fullname), daysAgo(ago)]
  const until = secondsFromNow(endsIn * daySeconds)
  const { id, type } = await insertCollaborator(tx, { orgId, repo, userId, role, by, at, until })
  const name = `${meridian.name}/${repo}`
  const after = { role, expiresAt: until.toISOString() }
  return {
    at,
    type: 'repo.add_collaborator',
    author: by,
    message: `gave ${user} ${role} access to the ${type} ${name} until ${minuteOf(until)}`,
    data: { repo: { id, type, name }, user: { _id: userId, user }, before: null, after },
  }
}

async function offboard(tx: Tx, orgId: string, userId: string): Promise<PastEvent[]> {
  const [id, at, joinedAt] = [newId(), daysAgo(offboarded.ago), daysAgo(offboarded.joined, 1)]
  const until = secondsFromNow((rejoinBlockDays - offboarded.ago) * daySeconds)
  const sealed = reportOf({ id, at, joinedAt })
  const { text, hash } = sealReport(sealed)
  await insertOffboarding(tx, { id, orgId, userId, at, report: text, until })
  const { user, by: author, counts, successor, leftAsIs, invitations, reason } = sealed
  const added = { user, role: offboarded.role }
  const ended = { counts, successor, leftAsIs, invitations, reason, rejoinBlockedUntil: until.toISOString() }
  return [
    { at: joinedAt, type: 'org.add_user', author, message: `added ${user} with the ${added.role} role`, data: added },
    {
      at,
      type: 'org.offboard',
      author,
      message: `offboarded ${user}`,
      data: { user: { _id: userId, user }, report: { id, hash }, ...ended },
    },
  ]
}

function reportOf({ id, at, joinedAt }: { id: string; at: Date; joinedAt: Date }): Sealed {
  const { fullname, role, by, reason } = offboarded
  const membership = { role, source: 'manual', joinedAt: joinedAt.toISOString() }
  const none = {
    ...{
      groupRoles: [],
      collaboratorGrants: [],
      gatedAccess: [],
      gatedRequests: [],
      tokens: [],
      invitationsReceived: [],
      invitationsSent: [],
    },
    ...{ inviteLinks: [], joinRequests: [], fileLocks: [], serviceAccounts: [] },
    ...{ ssoIdentities: [], ssoSessions: [], provisioned: [] },
  }
  const zeros = Object.fromEntries(Object.keys(none).map((kind) => [kind, 0]))
  return {
    ...{ id, organization: meridian.name, user: demoName(fullname), fullname, reason, by: demoName(by) },
    at: at.toISOString(),
    successor: null,
    removed: { ...none, membership, successorPlace: null },
    counts: { ...zeros, membership: 1, successorPlace: 0 },
    loses: [],
    handedOver: { groups: [], repositories: [], repositoryCount: 0, serviceAccounts: [] },
    leftAsIs: false,
    invitations: 'revoke',
    remains: [],
  }
}
