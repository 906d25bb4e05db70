import type { Permit } from '../access/permit.ts'
import { now } from '../kernel/clock.ts'
import { newId } from '../kernel/ids.ts'
import { ChangedMeanwhile, refusedBy } from '../store/conflict.ts'
import type { Db, Tx } from '../store/database.ts'
import { findAccountOfKind, freeUsername, insertAccount } from './store.ts'

/** The account in whose name the identity provider of an organization acts; undefined while there is none. */
export async function findProvider(db: Db, orgId: string): Promise<string | undefined> {
  return findAccountOfKind(db, orgId, 'scim')
}

/** The same, which is made where there is none. */
export async function ensureProvider(tx: Tx, { org }: Permit<'scimToken.create'>): Promise<string> {
  const known = await findProvider(tx, org.id)
  if (known !== undefined) return known
  const username = await freeUsername(tx, `${org.name.toLowerCase()}--scim`)
  const id = newId()
  const account = { id, orgId: org.id, kind: 'scim', username, name: 'SCIM', description: '' } as const
  try {
    if (!(await insertAccount(tx, { ...account, ownerId: null, at: now() }, 1))) throw new ChangedMeanwhile()
  } catch (error) {
    // Two who create the first token at once: the second finds what the first made
    throw refusedBy(error) === undefined ? error : new ChangedMeanwhile()
  }
  return id
}
