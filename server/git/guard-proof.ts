import { constants } from 'node:fs'
import { access, chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newId } from '../kernel/ids.ts'
import { openDiskReserve } from '../shares/disk.ts'
import { hooksFolder, openGit } from './host.ts'
import { giveToGit } from './process/account.ts'
import { repositoryFolder } from './process/folder.ts'
import { onlyOwner } from './process/move-lock.ts'
import { bytesOf, errorTextOf, spawnGit } from './process/process.ts'
import { guardPush } from './refs/push-guard.ts'
import { createRepository, scratch as scratchName } from './upkeep/repository.ts'

const ref = 'refs/heads/scratch'
const oid = '1'.repeat(40)
const flush = '0000'
const hooks = ['pre-receive', 'proc-receive']
const longestSeconds = 20

/**
 * Pushes to a scratch repository that is made in this folder: why pushes would not be guarded here, as one sentence, or
 * undefined when git asked both hooks and moved nothing against their word.
 */
export async function guardProblem(folder: string): Promise<string | undefined> {
  const scratch = await mkdtemp(join(folder, scratchName))
  try {
    await asOwnerOf(folder, scratch)
    const { asked, said, kept } = await pushScratch(scratch)
    const stands = hooks.every((hook, index) => asked[index] === hook) && kept && said.includes(`ng ${ref}`)
    return stands ? undefined : await reason(said)
  } finally {
    await rm(scratch, { recursive: true, force: true, maxRetries: 3 })
  }
}

// Deletes a reference, which needs no pack and no object; the last answer is no.
async function pushScratch(folder: string): Promise<{ asked: string[]; said: string; kept: boolean }> {
  const host = openGit({
    folder,
    transfers: 1,
    maxPushBytes: 1e6,
    owner: onlyOwner(),
    ownAccount: true,
    spillFolder: folder,
    reserve: openDiskReserve(0),
  })
  const id = newId()
  await createRepository(host, id)
  const file = join(repositoryFolder(host, id), ref)
  await writeFile(file, `${oid}\n`)
  await giveToGit(host, repositoryFolder(host, id))
  const asked: string[] = []
  const child = spawnGit(host, id, ['receive-pack', '--stateless-rpc', '.'], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeLimitSeconds: longestSeconds,
  })
  const output = Promise.all([bytesOf(child), errorTextOf(child)])
  const ended = guardPush(child, {
    async inspect() {
      asked.push('pre-receive')
      return { refusal: undefined, declined: new Map() }
    },
    move: async () => {
      asked.push('proc-receive')
      return ['only a trial']
    },
    unguarded: () => undefined,
  })
  const command = `${oid} ${'0'.repeat(40)} ${ref}\0report-status`
  child.stdin?.end(`${(command.length + 4).toString(16).padStart(4, '0')}${command}${flush}`)
  const [said] = await Promise.all([output, ended])
  const content = await readFile(file, 'utf8').catch(() => '')
  return { asked, said: said.join('\n'), kept: content.trim() === oid }
}

// So that the trial runs as the account that git runs as beside it
async function asOwnerOf(folder: string, scratch: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(folder)
  await chown(scratch, uid, gid)
}

async function reason(said: string): Promise<string> {
  if (/git: (command )?not found/.test(said)) return 'Git was not found. Install git 2.39 or newer.'
  for (const hook of hooks) {
    const file = join(hooksFolder, hook)
    if (
      await access(file, constants.R_OK | constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      continue
    return `Pushes are not protected because Git can’t run ${file}. Make the file readable and executable (chmod 755), on a file system that is not mounted noexec.`
  }
  return 'Pushes are not protected because Git updates references without running the hook. Install git 2.39 or newer.'
}
