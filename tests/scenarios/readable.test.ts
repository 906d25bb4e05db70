import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import fc from 'fast-check'
import { authorize } from '../../server/access/authorize.ts'
import type { Credential } from '../../server/access/facts.ts'
import { tokenCredential } from '../../server/http/dialects/caller.ts'
import { listRepos } from '../../server/repos/content/repository-lists.ts'
import { type Person, startTestHub, type TestHub } from '../hub.ts'
import { buildWorld, randomWorld } from '../random-worlds.ts'
import { makeToken } from '../world.ts'

// The condition that lists use and the decision that single requests get must be the same for every reader.

let hub: TestHub
let reader: Person
let owner: Person
let fineToken: string

before(async () => {
  hub = await startTestHub()
  reader = await hub.person('reader')
  owner = await hub.person('owner')
  fineToken = await makeToken(hub.db, reader, 'fineGrained')
})

// As no one, with a write token, or with a fine-grained one.
function credentialOf(signedIn: boolean, isFine: boolean): Credential {
  if (isFine) return tokenCredential(fineToken)
  return signedIn ? tokenCredential(reader.token) : { kind: 'none' }
}

test('lists show exactly the repositories that may be read one by one', async () => {
  await fc.assert(
    fc.asyncProperty(randomWorld, fc.boolean(), async (given, isFine) => {
      const { repos: made } = await buildWorld({ hub, reader, owner, fineToken }, given)
      const credential = credentialOf(given.signedIn, isFine)
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
