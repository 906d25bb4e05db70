import { z } from 'zod'
import { type PolicyRow, policy, type Scope } from '../access/policy.ts'
import type { AnyOperation } from './dialects/dialect.ts'

/** The parameter of a path that names what an action is about; a signed link and the address of uploads by Xet name it too. */
const namedBy: Record<Scope, string | undefined> = {
  instance: undefined,
  org: ':org',
  deletedOrg: ':org',
  group: ':group',
  repo: ':repo',
  namespace: ':namespace',
}

/**
 * Refuses to start when an operation could not work as it is written: an unknown action, a path that does not name what
 * the action is about, or fields that collide.
 */
export function checkOperations(operations: readonly AnyOperation[]): void {
  for (const operation of operations) {
    const name = `${operation.method} ${operation.path}`
    if (!(operation.action in policy))
      throw new Error(`${name}: add the action ${operation.action} to server/access/policy.ts`)
    const { on }: PolicyRow = policy[operation.action]
    if (!namesTarget(operation, namedBy[on]))
      throw new Error(`${name}: ${operation.action} is on '${on}', so the path needs ${namedBy[on]}, or a \`locate\``)
    const names = [operation.params, operation.query, operation.body].flatMap((part) =>
      part instanceof z.ZodObject ? Object.keys(part.shape) : [],
    )
    const twice = names.find((field, index) => names.indexOf(field) !== index)
    if (twice !== undefined) throw new Error(`${name}: the field ${twice} stands in two parts`)
  }
}

function namesTarget({ path, locate }: AnyOperation, parameter: string | undefined): boolean {
  const segments = path.split('/')
  return (
    parameter === undefined ||
    locate !== undefined ||
    [parameter, ':link', ':cas'].some((one) => segments.includes(one))
  )
}
