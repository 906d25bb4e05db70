import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { authorize } from '../../server/access/authorize.ts'
import type { Credential } from '../../server/access/facts.ts'
import { tokenCredential } from '../../server/http/dialects/caller.ts'
import { digest } from '../../server/kernel/secret.ts'
import { listRepos } from '../../server/repos/content/repository-lists.ts'
import { transaction } from '../../server/store/database.ts'
import { startSession } from '../../server/users/sessions/sessions.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { buildWorld, randomWorld } from '../random-worlds.ts'
import { makeToken } from '../world.ts'

// The condition that lists use and the decision that single requests get must be the same for every reader.

let hub: TestHub
let reader: Person
let owner: Person
let fineToken: string
let session: { id: string; secret: string }

before(async () => {
  hub = await startTestHub()
  reader = await hub.person('reader')
  owner = await hub.person('owner')
  fineToken = await makeToken(hub.db, reader, 'fineGrained')
  const request = { id: 'test', ip: '', userAgent: undefined }
  session = await transaction(hub.db, (tx) => startSession(tx, reader.id, request))
})

const shown = fc.constantFrom('token' as const, 'fine-grained token' as const, 'session' as const)

// As no one, with a write token, with a fine-grained one, or in a browser.
function credentialOf(signedIn: boolean, what: 'token' | 'fine-grained token' | 'session'): Credential {
  if (what === 'fine-grained token') return tokenCredential(fineToken)
  if (what === 'session') return { kind: 'session', hash: digest(session.secret) }
  return signedIn ? tokenCredential(reader.token) : { kind: 'none' }
}

test('lists show exactly the repositories that may be read one by one', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld, shown, async (given, what) => {
      const place = { hub, reader, owner, fineToken, sessionId: session.id }
      const { repos: made } = await buildWorld(place, given)
      const credential = credentialOf(given.signedIn, what)
      const caller = { credential, request: { id: 'test', ip: '', userAgent: undefined }, hub: hub.running.server.hub }
      const readable: string[] = []
      for (const { name, namespace } of made) {
        const decided = authorize(hub.db, caller, 'repo.view', { repo: { type: 'model', namespace, name } })
        if (
          await decided.then(
            () => true,
            () => false,
          )
        )
          readable.push(`${namespace}/${name}`)
      }
      const permit = await authorize(hub.db, caller, 'repo.list')
      const { items } = await listRepos(
        hub.db,
        permit,
        { repoType: 'models', limit: 100 } as Parameters<typeof listRepos>[2],
        hub.running.server.hub.git,
      )
      assert.deepEqual(items.map(({ id }) => id).sort(), readable.sort())
    }),
    { numRuns: 200 },
  )
})
