// A real git repository in a folder of its own, as the hub keeps them, for tests of what reads and writes it.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GitHost, openGit } from '../server/git/host.ts'
import { repositoryFolder } from '../server/git/process/folder.ts'
import { onlyOwner } from '../server/git/process/move-lock.ts'
import { newId } from '../server/kernel/ids.ts'
import { openDiskReserve } from '../server/shares/disk.ts'

export interface ScratchFile {
  mode?: '100644' | '100755' | '120000' | '160000'
  content: string | Buffer
}

/** Repositories of a git host, written by git itself. */
export interface Writer {
  /** Runs git in a repository; answers what it wrote, without the last line end. */
  git(repoId: string, args: readonly string[], input?: string | Buffer): string
  /** Commits these files on top of the branch; answers the commit. A content of undefined deletes. */
  commit(repoId: string, files: Record<string, ScratchFile | string | undefined>, options?: CommitOptions): string
}

export interface Scratch extends Writer {
  host: GitHost
  /** Makes an empty repository; answers its id. */
  create(): string
  close(): void
}

export interface CommitOptions {
  branch?: string
  message?: string
  author?: string
  /** Seconds since 1970. */
  at?: number
}

/** Opens a git host on a temporary folder. */
export function openScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-git-'))
  const host = openGit({
    folder,
    transfers: 0,
    maxPushBytes: 100 * 1024 * 1024,
    owner: onlyOwner(),
    reserve: openDiskReserve(0),
    spillFolder: folder,
  })
  const writer = scratchOn(host)
  return {
    ...writer,
    host,
    create() {
      const id = newId()
      mkdirSync(repositoryFolder(host, id), { recursive: true })
      writer.git(id, ['init', '-q', '--bare', '--initial-branch=main', '.'])
      return id
    },
    close() {
      host.readers.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Writes to the repositories of a host, around the hub. */
export function scratchOn(host: GitHost): Writer {
  let clock = 1_700_000_000

  function git(repoId: string, args: readonly string[], input: string | Buffer = ''): string {
    const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }
    const how = { ...host.account, input, env, stdio: 'pipe', maxBuffer: 1e9 } as const
    return execFileSync('git', [...args], { ...how, cwd: repositoryFolder(host, repoId) })
      .toString()
      .replace(/\n$/, '')
  }

  return {
    git,
    commit(repoId, files, options = {}) {
      const branch = `refs/heads/${options.branch ?? 'main'}`
      clock = options.at ?? clock + 60
      const parent = git(repoId, ['for-each-ref', '--format=%(objectname)', branch])
      git(repoId, ['fast-import', '--quiet', '--force'], importText(branch, parent, files, { at: clock, ...options }))
      return git(repoId, ['rev-parse', branch])
    },
  }
}

function importText(
  branch: string,
  parent: string,
  files: Record<string, ScratchFile | string | undefined>,
  options: CommitOptions,
): Buffer {
  const message = Buffer.from(options.message ?? 'a change')
  const author = `${options.author ?? 'Ada <ada@example.org>'} ${options.at} +0000`
  const parts: (string | Buffer)[] = [`commit ${branch}\nauthor ${author}\ncommitter ${author}\n`]
  parts.push(`data ${message.length}\n`, message, '\n', parent ? `from ${parent}\n` : '')
  for (const [path, file] of Object.entries(files)) parts.push(...fileCommand(path, file), '\n')
  return Buffer.concat(parts.map((part) => Buffer.from(part)))
}

function fileCommand(path: string, file: ScratchFile | string | undefined): (string | Buffer)[] {
  const name = `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`
  if (file === undefined) return [`D ${name}`]
  const { mode = '100644', content } = typeof file === 'string' ? { content: file } : file
  if (mode === '160000') return [`M 160000 ${content} ${name}`]
  const bytes = Buffer.from(content)
  return [`M ${mode} inline ${name}\ndata ${bytes.length}\n`, bytes]
}
