import { lfsAddress } from './addresses.ts'
import type { Dialect } from './dialect.ts'
import { git } from './git.ts'

/** The API of Git LFS: git's credentials, JSON under a name of its own, and refusals in `message`. */
export const lfs: Dialect = {
  ...git,
  mediaType: 'application/vnd.git-lfs+json',
  errorBody: ({ message, extra }) => JSON.stringify({ error: message, message, ...extra.body }),
  addresses: lfsAddress,
}
