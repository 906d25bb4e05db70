import type { Operation } from '../api/index.ts'
import { hashPassword } from '../server/users/guessing/passwords.ts'
import { makeTemplate } from './content.ts'
import { type TestHub, testPassword } from './hub.ts'
import { type Make, recipes, variants } from './recipes.ts'
import { completedElsewhere } from './recipes-elsewhere.ts'
import { courseHeader } from './statements.ts'
import { type CallerKind, makeWorld, type World } from './world.ts'

// Who is asked first: nearly every operation succeeds for one of them.
const callers: CallerKind[] = ['admin', 'operator', 'stranger', 'anonymous']

/** Does every operation once, in worlds of their own, for the first caller that it succeeds for. */
export async function tourOperations(hub: TestHub): Promise<void> {
  const passwordHash = await hashPassword(testPassword)
  const template = await makeTemplate(hub.running.server.hub, hub.db)
  for (const operation of hub.running.server.operations) {
    const key = `${operation.method} ${operation.path}`
    const ways = Object.entries(variants[key] ?? {}).map(([what, make]) => [`${key} (${what})`, make] as const)
    for (const [name, make] of [[key, recipes[key]] as const, ...ways]) {
      for (const kind of callers) {
        const world = await makeWorld(hub.db, kind, { passwordHash, template })
        if (make === undefined || (await answers(hub, operation, name, { world, make })) || completedElsewhere[name])
          break
      }
    }
  }
}

// Whether one operation succeeds in a world.
async function answers(
  hub: TestHub,
  { method }: Operation,
  name: string,
  { world, make }: { world: World; make: Make },
): Promise<boolean> {
  const { path, body, isPlanned, headers } = await make(world, hub.db)
  const sent = { ...headers, ...world.headers, [courseHeader]: name }
  const send = (what: unknown) => hub.request(undefined, method.toUpperCase(), path, what, sent)
  if (!isPlanned) return (await send(body)).status < 300
  const wishes = body as Record<string, unknown>
  const plan = await send({ ...wishes, mode: 'plan' })
  return (await send({ ...wishes, mode: 'apply', planHash: plan.body?.planHash ?? 'none' })).status < 300
}
