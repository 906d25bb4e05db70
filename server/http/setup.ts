import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { enterDemo, joinDemo, makeDemoRepositories, readDemoRepositories } from '../demo/rules.ts'
import { HubError } from '../kernel/errors.ts'
import { sameSecret } from '../kernel/secret.ts'
import { type Db, transaction } from '../store/database.ts'
import { refuseSetupDone } from '../users/accounts/accounts.ts'
import { readSetupCode } from '../users/accounts/setup-code.ts'
import { createFirstOperator } from '../users/sign-in/sign-up.ts'
import type { Services } from './services.ts'

type Setup = typeof api.users.setup

/**
 * Creates the first operator, who shows the code that every process prints at its start, wherever the request comes
 * from: a page of another site can reach a hub on this machine too. They join the demo where there is one.
 */
export async function setUp(
  db: Db,
  permit: Permit<'instance.setup'>,
  input: InputOf<Setup>,
  hub: Services,
): Promise<ResultOf<Setup>> {
  await refuseSetupDone(db)
  const code = await readSetupCode(db, hub.key)
  if (code === undefined || !sameSecret(input.code, code)) {
    throw new HubError(
      'Forbidden',
      'code: Wrong setup code. Open the URL that Guildhall printed at startup. It contains the code.',
    )
  }
  const making = { git: hub.git, lfs: hub.lfs, links: hub }
  const made = input.demo ? await makeDemoRepositories(making) : undefined
  const result = await transaction(db, async (tx) => {
    const created = await createFirstOperator(tx, permit, input, { links: hub, key: hub.key })
    if (made) await enterDemo(tx, permit, made, created.reply)
    await joinDemo(tx, permit, created.reply)
    return created
  })
  if (made) await readDemoRepositories(db, making, made)
  return result
}
