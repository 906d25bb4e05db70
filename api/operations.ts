import * as api from './index.ts'
import type { Operation } from './operation.ts'

/** Every operation that the API defines, by topic and name. */
export function allOperations(): Operation[] {
  return Object.values(api).flatMap((topic) =>
    typeof topic === 'object' && !Array.isArray(topic) ? Object.values(topic).filter(isOperation) : [],
  )
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'action' in value
}
