import { daySeconds, secondsFromNow } from '../kernel/clock.ts'
import {
  type DemoGroup,
  type DemoOrganization,
  demoName,
  groups,
  meridian,
  repos,
  roleChanges,
  verified,
  waiting,
} from './world.ts'

/** An event of the demo's past. */
export interface PastEvent {
  at: Date
  type: string
  author: string
  message: string
  data: Record<string, unknown>
}

/** A moment in the past of the demo: so many days ago, during the working day of the person. */
export function daysAgo(days: number, nth = 0): Date {
  const minutes = (nth * 37) % 420
  return secondsFromNow(-days * daySeconds + minutes * 60 - daySeconds / 2)
}

/** What has happened in an organization of the demo, oldest first, with what else is known to have happened. */
export function historyOf(org: DemoOrganization, more: readonly PastEvent[]): PastEvent[] {
  const events = [...beginning(org), ...joining(org), ...making(org), ...more]
  if (org === meridian) events.push(...grouping(), ...changing(), ...domains())
  return events.toSorted((a, b) => a.at.getTime() - b.at.getTime())
}

function domains(): PastEvent[] {
  const author = founderOf(meridian)
  const { domain, added } = verified
  const add = (name: string, at: Date): PastEvent => ({
    ...{ at, type: 'org.domain.add', author },
    message: `added the email domain ${name}`,
    data: { domain: name },
  })
  return [
    add(domain, daysAgo(added, 3)),
    {
      ...{ at: daysAgo(added, 4), type: 'org.domain.verify', author },
      message: `verified the email domain ${domain}`,
      data: { domain, before: 'unverified', after: 'verified' },
    },
    add(waiting.domain, daysAgo(2)),
  ]
}

function founderOf(org: DemoOrganization): string {
  return demoName(org.people[0].fullname)
}

function beginning(org: DemoOrganization): PastEvent[] {
  const author = founderOf(org)
  const at = daysAgo(org.people[0].joined, -1)
  return [
    {
      at,
      type: 'org.create',
      author,
      message: `created the organization ${org.name}`,
      data: { name: org.name, fullname: org.fullname, admin: author },
    },
  ]
}

function joining(org: DemoOrganization): PastEvent[] {
  return org.people.slice(1).map(({ fullname, role, joined }, nth) => {
    const user = demoName(fullname)
    const began = roleChanges.find((change) => change.fullname === fullname)?.from ?? role
    const author = org === meridian && nth % 3 === 2 ? 'jonas-lindqvist' : founderOf(org)
    return {
      at: daysAgo(joined, nth),
      type: 'org.add_user',
      author,
      message: `added ${user} with the ${began} role`,
      data: { user, role: began },
    }
  })
}

function making(org: DemoOrganization): PastEvent[] {
  const own = repos.filter(({ owner }) => owner === org.name)
  return own.map((repo, nth) => {
    const name = `${repo.owner}/${repo.name}`
    const data = { repo: { type: repo.type, name }, private: repo.private }
    return {
      at: daysAgo(repo.made, nth),
      type: 'repo.create',
      author: demoName(repo.creator),
      message: `created the ${repo.type} ${name}`,
      data,
    }
  })
}

function grouping(): PastEvent[] {
  return groups.flatMap((group, nth) => {
    const [there, later] = partition(group)
    const named = { name: group.name }
    const created = { at: daysAgo(group.made, nth), type: 'resource_group.create', author: 'amara-okafor' }
    const added = later.map(({ user, role, joined }) => ({
      at: daysAgo(joined - 1, nth),
      type: 'resource_group.add_users',
      author: 'amara-okafor',
      message: `added ${user} to the resource group ${group.name}`,
      data: { group: named, users: [{ user, role }] },
    }))
    const users = there.map(({ user, role }) => ({ user, role }))
    const message = `created the resource group ${group.name}`
    return [{ ...created, message, data: { group: named, users } }, ...added, ...turningOn(group, nth)]
  })
}

function turningOn(group: DemoGroup, nth: number): PastEvent[] {
  if (group.autoJoin === undefined) return []
  const after = { autoJoin: { enabled: true, role: group.autoJoin, scope: 'read_plus' } }
  const message = `turned on auto-join for the resource group ${group.name} with the ${group.autoJoin} role`
  const data = { group: { name: group.name }, before: { autoJoin: { enabled: false } }, after }
  return [
    { at: daysAgo(group.made - 1, nth), type: 'resource_group.settings', author: 'ingrid-solberg', message, data },
  ]
}

// Who was there when the group was made, and who came later.
function partition(group: DemoGroup) {
  const people = Object.entries(group.people).map(([fullname, role]) => {
    const joined = meridian.people.find((person) => person.fullname === fullname)?.joined ?? 0
    return { user: demoName(fullname), role, joined }
  })
  const wasThere = ({ joined }: { joined: number }) => joined > group.made
  return [people.filter(wasThere), people.filter((person) => !wasThere(person))] as const
}

function changing(): PastEvent[] {
  const roles = roleChanges.map(({ fullname, from, by, ago }, nth) => {
    const user = demoName(fullname)
    const to = meridian.people.find((person) => person.fullname === fullname)?.role ?? from
    const message = `changed the role of ${user} from ${from} to ${to}`
    const data = { user, before: { role: from }, after: { role: to } }
    return { at: daysAgo(ago, nth), type: 'org.change_role', author: demoName(by), message, data }
  })
  const profile: PastEvent = {
    at: daysAgo(29, 3),
    type: 'org.settings.profile',
    author: 'amara-okafor',
    message: 'changed the profile of the organization',
    data: { before: { website: '' }, after: { website: meridian.website } },
  }
  return [...roles, profile]
}
