import type { ChildProcess } from 'node:child_process'
import { authorize } from '../../access/authorize.ts'
import type { Permit } from '../../access/permit.ts'
import type { GitHost } from '../../git/host.ts'
import { type Incoming, type IncomingPointer, inspectPush } from '../../git/refs/incoming.ts'
import { type ArrivedPush, guardPush } from '../../git/refs/push-guard.ts'
import type { RefUpdate } from '../../git/refs/references.ts'
import { HubError } from '../../kernel/errors.ts'
import { log } from '../../kernel/log.ts'
import type { Db, Tx } from '../../store/database.ts'
import { refreshMetadata } from '../cards/metadata.ts'
import { danglingPointers, markReferenced } from '../lfs/lfs-store.ts'
import { moveReferences } from '../references/move-references.ts'
import { wantPruning } from '../registry/store.ts'
import { addWithinLimit, storageOwnerOf } from '../storage/limit.ts'

const mostNamed = 10
const mostRecorded = 100

type Writing = Permit<'repo.write'>
type Lines = string[] | undefined

/**
 * Answers git's hooks during a push, and resolves when git has ended and the hub knows what moved. What arrives is
 * looked at while it is still apart; then references move as those of a commit do. Never rejects.
 */
export async function answerPush(db: Db, git: GitHost, permit: Writing, child: ChildProcess): Promise<void> {
  let arrived: Incoming = { problems: [], pointers: [], declined: new Map(), bytes: 0 }
  await guardPush(child, {
    async inspect(push) {
      const refusal = await inWords(permit, async () => {
        arrived = await inspect(db, git, permit, push)
        return arrived.problems.length > 0 ? arrived.problems : undefined
      })
      return { refusal, declined: arrived.declined }
    },
    move: (updates) => inWords(permit, () => move(db, git, permit, { updates, arrived })),
    unguarded: () => log.error('git did not run the pre-receive hook, so pushes are refused'),
  })
}

async function inWords(permit: Writing, work: () => Promise<Lines>): Promise<Lines> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HubError) return error.message.split('\n')
    log.error({ err: error }, 'could not check a push')
    return [`Something went wrong on the server (request ${permit.request.id}).`]
  }
}

async function inspect(db: Db, git: GitHost, permit: Writing, push: ArrivedPush): Promise<Incoming> {
  await authorize(db, permit, 'repo.write', { repoId: permit.repo.id })
  const arrived = await inspectPush(git, permit.repo.id, push)
  if (arrived.problems.length === 0) await refuseDangling(db, permit.repo.id, arrived.pointers)
  return arrived
}

async function move(
  db: Db,
  git: GitHost,
  permit: Writing,
  { updates, arrived: { pointers, declined, bytes } }: { updates: RefUpdate[]; arrived: Incoming },
): Promise<Lines> {
  const outcome = await moveReferences(db, git, permit, {
    updates,
    event: pushEvent(updates),
    also: async (tx, current) => {
      await addWithinLimit(tx, storageOwnerOf(current), permit.repo.id, { gitBytes: bytes, lfsBytes: 0 })
      // With the repository locked none of them is collected any more
      await refuseDangling(tx, permit.repo.id, pointers)
      await markReferenced(
        tx,
        permit.repo.id,
        pointers.map(({ oid, path }) => [oid, path] as const),
      )
      // What only they lead to has come in with the others
      if (declined.size > 0) await wantPruning(tx, permit.repo.id)
    },
  })
  if (outcome !== 'moved') return [unmoved[outcome]]
  await refreshMetadata(db, git, permit.repo.id)
  return undefined
}

const unmoved = {
  stale: 'has changed since you fetched. Run git fetch, then push again',
  locked: 'is being updated by another request. Push again',
  clash: 'another branch or tag is in the way. Delete it first, in a separate push',
}

async function refuseDangling(db: Db | Tx, repoId: string, pointers: IncomingPointer[]): Promise<void> {
  const dangling = await danglingPointers(db, repoId, pointers)
  if (dangling.length > 0) throw new HubError('Unprocessable', danglingLines(dangling).join('\n'))
}

function danglingLines(pointers: IncomingPointer[]): string[] {
  const named = pointers.slice(0, mostNamed).map(({ oid, size, path }) => `  ${oid} (${size} bytes) ${path}`)
  return [
    `${pointers.length} LFS ${pointers.length === 1 ? 'object is' : 'objects are'} not in this repository:`,
    ...named,
    ...(pointers.length > mostNamed ? [`  and ${pointers.length - mostNamed} more`] : []),
    'Send them first: git lfs push --all <remote>',
  ]
}

function pushEvent(updates: RefUpdate[]) {
  const refs = updates.slice(0, mostRecorded).map(({ ref, from, to }) => ({ ref, before: from, after: to }))
  const what = updates.length === 1 ? (updates[0]?.ref ?? '') : `${updates.length} references`
  return { type: 'repo.push', what: `pushed ${what.slice(0, 200)}`, data: { refs, count: updates.length } }
}
