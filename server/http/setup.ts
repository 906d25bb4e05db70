import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { AnyPermit, Permit } from '../access/permit.ts'
import { fillDemoData, joinDemo } from '../demo/rules.ts'
import { HubError } from '../kernel/errors.ts'
import { sameSecret } from '../kernel/secret.ts'
import { type Db, transaction } from '../store/database.ts'

type Setup = typeof api.users.setup
type CreateFirstOperator = (db: Db, permit: Permit<'instance.setup'>, input: InputOf<Setup>) => Promise<ResultOf<Setup>>

const loopback = /^(127\.|::1$|::ffff:127\.|localhost$|\[::1\]$)/

/** Whether the first operator must show the code from the terminal: unless hub and browser are on one machine. */
export function setupNeedsCode(permit: AnyPermit): boolean {
  return !(loopback.test(new URL(permit.hub.publicUrl).hostname) && loopback.test(permit.request.ip))
}

/** Guards the creation of the first operator with the code that was printed at the start; they belong to the demo where there is one. */
export function guardedSetup(code: string, create: CreateFirstOperator): CreateFirstOperator {
  return async (db, permit, input) => {
    if (setupNeedsCode(permit) && !sameSecret(input.code ?? '', code)) {
      throw new HubError(
        'Forbidden',
        'code: the setup code is not right; it stands in the address that the hub printed when it started.',
      )
    }
    return transaction(db, async (tx) => {
      const result = await create(tx, permit, input)
      if (input.demo) await fillDemoData(tx, permit, result.reply)
      await joinDemo(tx, permit, result.reply)
      return result
    })
  }
}
