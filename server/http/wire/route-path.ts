import { allOperations } from '../../../api/operations.ts'

/** The path of an operation as the router reads it: what its parameters may stand for, and what they may not. */
export function routePath(path: string): string {
  return (
    besideFixedWords(path)
      .replace(':repoType', ':repoType(^models|datasets|spaces$)')
      .replace(':scimBase', ':scimBase(^(?:scim|scim-provisioning)$)')
      // At the root, what follows `/datasets/` is never the name of a model: a data set may be called `raw`.
      .replace(/^\/:namespace/, '/:namespace(^(?!(?:datasets|spaces)$).*$)')
  )
}

// `/members/bulk` is an address of its own, so `DELETE` there does not mean the member of that name.
function besideFixedWords(path: string): string {
  const [before = '', parameter] = path.split(/\/(?=:(?!repoType$)\w+$)/)
  const words = parameter === undefined ? [] : paths.flatMap((other) => wordAfter(before, other))
  return words.length === 0 ? path : `${path}(^(?!(?:${[...new Set(words)].join('|')})$).*$)`
}

function wordAfter(before: string, path: string): string[] {
  const word = path.startsWith(`${before}/`) ? path.slice(before.length + 1) : ''
  return /^\w+$/.test(word) ? [word] : []
}

const paths = allOperations().map(({ path }) => path)
