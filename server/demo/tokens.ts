import { newId } from '../kernel/ids.ts'
import { digest, newToken } from '../kernel/secret.ts'
import type { Tx } from '../store/database.ts'
import { daysAgo, type PastEvent } from './history.ts'
import { insertScope, insertServiceAccount, insertToken } from './tokens-store.ts'
import { demoName, serviceAccount, tokens } from './world.ts'

/**
 * Gives people of the demo access tokens, and the main organization a service account; answers what its log says of that.
 * The secrets are thrown away, so that no one can use them.
 */
export async function addTokens(tx: Tx, orgId: string, people: ReadonlyMap<string, string>): Promise<PastEvent[]> {
  for (const [nth, token] of tokens.entries()) {
    const userId = people.get(demoName(token.of)) ?? ''
    const { id } = await addToken(tx, userId, { ...token, nth })
    if (token.role === 'fineGrained') await insertScope(tx, { tokenId: id, orgId, permissions: ['repo.write'] })
  }
  return addServiceAccount(tx, orgId, people.get(demoName(serviceAccount.by)) ?? '')
}

interface Wish {
  name: string
  role: 'read' | 'write' | 'fineGrained'
  made: number
  used?: number
  nth: number
}

async function addToken(tx: Tx, userId: string, { name, role, made, used, nth }: Wish) {
  const [id, secret] = [newId(), newToken(role === 'fineGrained' ? 'fineGrained' : 'user')]
  const last4 = secret.slice(-4)
  const times = { createdAt: daysAgo(made, nth + 6), lastUsedAt: used === undefined ? null : daysAgo(used, nth) }
  await insertToken(tx, { id, userId, hash: digest(secret), name, role, last4, ...times })
  return { id, last4 }
}

async function addServiceAccount(tx: Tx, orgId: string, ownerId: string): Promise<PastEvent[]> {
  const { name, username, description, token, by, made, used } = serviceAccount
  const [id, at] = [newId(), daysAgo(made, 3)]
  await insertServiceAccount(tx, { id, orgId, username, name, description, ownerId, createdAt: at })
  const added = await addToken(tx, id, { name: token, role: 'fineGrained', made, used, nth: 0 })
  await insertScope(tx, { tokenId: added.id, orgId, permissions: ['repo.write'] })
  const author = demoName(by)
  const account = { _id: id, user: username }
  const reach = { permissions: ['repo.write'], repositories: [], repositoryPermissions: [] }
  return [
    {
      ...{ at, type: 'org.service_account.create', author },
      message: `created the service account ${name}`,
      data: { serviceAccount: { ...account, name, description, owner: author } },
    },
    {
      ...{ at: daysAgo(made, 6), type: 'org.service_account.token.create', author },
      message: `created the token ${token} of the service account ${name}`,
      data: { serviceAccount: account, token: { ...added, name: token, ...reach } },
    },
  ]
}
