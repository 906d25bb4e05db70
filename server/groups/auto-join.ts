import type * as api from '../../api/index.ts'
import type { GroupRole, InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { recheck } from '../access/recheck.ts'
import { record } from '../audit/record.ts'
import { HubError } from '../kernel/errors.ts'
import type { Links } from '../mail/links.ts'
import { applyChanges } from '../members/membership/membership.ts'
import { type Db, type Tx, transaction } from '../store/database.ts'
import { type AutoJoinRule, lockDoors, setAutoJoin } from './auto-join-store.ts'
import { autoJoinOf, groupIsGone, readGroup } from './reply.ts'
import { type LockedGroup, lockGroup } from './store.ts'

type Configure = typeof api.groups.configureGroup
type AutoJoinInput = { enabled: true; role: GroupRole; scope: 'all' | 'read_plus' } | { enabled: false }

/** Turns auto-join on, with everybody who matches joining at once, or off, with no one leaving. */
export async function configureGroup(
  db: Db,
  permit: Permit<'group.configure'>,
  input: InputOf<Configure>,
  links: Links,
): Promise<ResultOf<Configure>> {
  return transaction(db, async (tx) => {
    await recheck(tx, permit)
    if (input.autoJoin?.enabled) await lockDoors(tx, permit.org.id)
    const group = await lockGroup(tx, permit.group.id)
    if (group === undefined) throw groupIsGone()
    const before = autoJoinOf(group as Parameters<typeof autoJoinOf>[0])
    const after = input.autoJoin ?? before
    if (JSON.stringify(before) === JSON.stringify(after)) return readGroup(tx, group.id, links)
    const joined = await change(tx, permit, group, after as AutoJoinInput)
    const reply = await readGroup(tx, group.id, links)
    const data = {
      group: { id: group.id, name: group.name },
      before: { autoJoin: before },
      after: { autoJoin: after },
      joined,
    }
    await record(tx, permit, {
      type: 'resource_group.settings',
      message: sentence(group.name, after as AutoJoinInput),
      data,
    })
    return reply
  })
}

function sentence(name: string, after: AutoJoinInput): string {
  return after.enabled
    ? `turned on auto-join for the resource group ${name} with the ${after.role} role`
    : `turned off auto-join for the resource group ${name}`
}

async function change(
  tx: Tx,
  permit: Permit<'group.configure'>,
  group: LockedGroup,
  after: AutoJoinInput,
): Promise<number> {
  if (group.managed_by === 'scim')
    throw new HubError('Conflict', 'autoJoin: The identity provider manages this resource group.')
  const key = { id: group.id, orgId: group.org_id }
  if (after.enabled) return (await joinAutomatically(tx, permit, key, after)).joined
  await joinByRule(tx, permit, key, null)
  await setAutoJoin(tx, group.id, undefined)
  return 0
}

/** Writes the rule and lets everybody who matches join, in a transaction that began with {@link holdDoors}; tells how many did. */
export async function joinAutomatically(
  tx: Tx,
  permit: Permit<'group.configure'> | Permit<'group.create'>,
  group: GroupKey,
  { role, scope }: AutoJoinRule,
): Promise<AutoJoinRule & { joined: number }> {
  await setAutoJoin(tx, group.id, { role, scope })
  return { role, scope, joined: await joinByRule(tx, permit, group, { role, scope }) }
}

interface GroupKey {
  id: string
  orgId: string
}

async function joinByRule(
  tx: Tx,
  permit: Permit<'group.configure'> | Permit<'group.create'>,
  { id: groupId, orgId }: GroupKey,
  rule: AutoJoinRule | null,
): Promise<number> {
  const changes = [{ kind: 'auto_join', groupId, rule } as const]
  const [step] = await applyChanges(tx, permit, { orgId, changes, events: null })
  return step?.kind === 'auto_join' ? step.joined : 0
}
