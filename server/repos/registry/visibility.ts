import { badField } from '../../kernel/errors.ts'

/** How a request says who can see a repository. */
export type Visibility = { private?: boolean | null | undefined; visibility?: 'public' | 'private' | undefined }

/** Whether a repository is to be private; undefined: not said. */
export function wantedPrivate(input: Visibility): boolean | undefined {
  const byName = input.visibility && input.visibility === 'private'
  const byFlag = input.private ?? undefined
  if (byName !== undefined && byFlag !== undefined && byName !== byFlag)
    throw badField('visibility', 'contradicts `private`')
  return byName ?? byFlag
}
