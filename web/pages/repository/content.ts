import { useQuery } from '@tanstack/react-query'
import { ApiError, files } from '../../../api/index.ts'
import { revisionAddress } from '../../addresses.ts'
import { client, keyOf } from '../../hub.ts'
import { type Repository, useRepository } from '../../repository.ts'

/** Files up to this size are read by the page to be shown. */
export const readAtMostBytes = 1_000_000

/** What is at a path of a revision: null where nothing is; pass undefined to ask nothing. */
export function useEntry(rev: string, path: string | undefined) {
  const repository = useRepository()
  const params = { ...repository.params, rev }
  const body = { paths: [path ?? ''], expand: true }
  return useQuery({
    queryKey: keyOf(files.pathsInfo, { params, body }),
    queryFn: async () => {
      const entries = await client.call(files.pathsInfo, { params, body })
      return entries.find((entry) => entry.path === path) ?? null
    },
    enabled: path !== undefined,
  })
}

/** The bytes of a file, its content itself where it is in LFS. */
export async function readFile(repository: Repository, rev: string, path: string): Promise<Uint8Array> {
  const reply = await client.raw('get', revisionAddress(repository, 'resolve', rev, path))
  if (reply.ok) return new Uint8Array(await reply.arrayBuffer())
  throw new ApiError(reply.status, reply.headers.get('x-error-code') ?? undefined, await said(reply), undefined)
}

async function said(reply: Response): Promise<Record<string, unknown>> {
  return reply.json().catch(() => ({}))
}

// The text in some bytes; undefined where they are no text. What is not UTF-8 is mostly the one-byte kind.
function textOf(bytes: Uint8Array): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells bytes from text
  const isBytes = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return text.includes('\0') ? undefined : text
  } catch {
    const text = new TextDecoder('windows-1252').decode(bytes)
    return isBytes.test(text) ? undefined : text
  }
}

/** The text of a small file, kept until the page changes something; pass undefined to read nothing. */
export function useText(rev: string, path: string | undefined) {
  const repository = useRepository()
  return useQuery({
    queryKey: ['file', repository.type, repository.id, rev, path],
    queryFn: async () => textOf(await readFile(repository, rev, path ?? '')) ?? null,
    enabled: path !== undefined,
  })
}
