import { z } from 'zod'
import { policy } from '../access/policy.ts'
import type { AnyOperation } from './dialects/dialect.ts'

/** Refuses to start when an operation could not work as it is written: an unknown action, or fields that collide. */
export function checkOperations(operations: readonly AnyOperation[]): void {
  for (const operation of operations) {
    if (!(operation.action in policy))
      throw new Error(`${operation.path}: the action ${operation.action} is not in the policy`)
    const names = [operation.params, operation.query, operation.body].flatMap((part) =>
      part instanceof z.ZodObject ? Object.keys(part.shape) : [],
    )
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    if (twice !== undefined)
      throw new Error(`${operation.method} ${operation.path}: the field ${twice} stands in two parts`)
  }
}
