import { HubError } from '../../kernel/errors.ts'

/** What git itself reads, and takes orders from. */
export type OwnFile = 'attributes' | 'modules' | 'disguised'

export const mostOwnFileBytes = 1024 * 1024
// From here on git leaves a line of `.gitattributes` out, and calls the file broken.
const longestLine = 2048

/** Whether a path is one of those files on some file system, under its own name or under one that means the same there. */
export function ownFile(path: string): OwnFile | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (name === '.gitattributes') return 'attributes'
  if (name === '.gitmodules') return 'modules'
  // HFS+ ignores these characters; NTFS ignores what follows a colon, and spaces and dots at the end, and has short names.
  const seen = name.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').replace(/:.*$/, '')
  return /^(\.gitattributes|\.gitmodules|(gitatt|gitmod|gi7[0-9a-f]*)~\d.*)[ .]*$/i.test(seen) ? 'disguised' : undefined
}

/**
 * Throws `422` where git would call such a file broken or dangerous in a push, so that no one can clone it and push it
 * elsewhere. `content` is undefined where it is too large to look at.
 */
export function requireHarmless(path: string, file: OwnFile, content: Buffer | undefined): void {
  if (file === 'modules') throw refusal(path, 'submodules can be added only with git push')
  if (file === 'disguised') throw refusal(path, 'some systems treat this name as a Git file')
  if (content === undefined || content.length > mostOwnFileBytes) throw refusal(path, 'is too long')
  for (let from = 0; from < content.length; ) {
    const end = content.indexOf(10, from)
    const next = end < 0 ? content.length : end
    if (next - from >= longestLine) throw refusal(path, `lines must be shorter than ${longestLine} bytes`)
    from = next + 1
  }
}

function refusal(path: string, why: string): HubError {
  return new HubError('Unprocessable', `${path.slice(0, 300)}: ${why}.`)
}
