import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Duplex } from 'node:stream'
import { authorizeAlso } from '../access/authorize.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { type IncomingPointer, inspectPush } from '../git/incoming.ts'
import { objectInfos } from '../git/objects.ts'
import { exitOf } from '../git/process.ts'
import { removeStaleLocks } from '../git/references.ts'
import { HubError } from '../kernel/errors.ts'
import { log } from '../kernel/log.ts'
import { type Db, transaction } from '../store/database.ts'
import { danglingPointers, markReferenced } from './lfs-store.ts'
import { refreshMetadata } from './metadata.ts'
import { repoIsGone } from './rules.ts'
import { holdMembership, lockRepoRow, touchPushed } from './store.ts'

/** One reference that a push moves; 40 zeros for none. */
interface RefLine {
  ref: string
  from: string
  to: string
}

interface HookQuestion {
  quarantine: string
  updates: RefLine[]
}

const mostUpdates = 10_000
const mostNamed = 10
const mostRecorded = 100
const nothing = '0'.repeat(40)

type Writing = Permit<'repo.write'>

/** Answers the hook of a push, and resolves when git has ended and the hub knows what moved. Never rejects. */
export async function answerHook(db: Db, permit: Writing, child: ChildProcess): Promise<void> {
  const ended = exitOf(child).catch(() => null)
  const channel = child.stdio[3] as Duplex | null | undefined
  if (!channel) throw new Error('the hook needs its channel')
  channel.on('error', () => undefined)
  const asked = await Promise.race([readQuestion(channel), ended.then(() => undefined)]).catch(() => undefined)
  if (asked === undefined) return void (await ended)
  const refusal = await judge(db, permit, asked)
  channel.end(refusal === undefined ? 'ok\n' : `${refusal.map((line) => `:${line}\n`).join('')}no\n`)
  await ended
  if (refusal === undefined)
    await afterPush(db, permit, asked.updates).catch((error) => log.error({ err: error }, 'after a push'))
}

// The hook writes the folder of what has arrived, a line for each reference, and an empty line.
async function readQuestion(channel: Duplex): Promise<HookQuestion | undefined> {
  let quarantine: string | undefined
  const updates: RefLine[] = []
  for await (const line of createInterface({ input: channel })) {
    if (quarantine === undefined) {
      quarantine = line
      continue
    }
    if (line === '') return { quarantine, updates }
    const [from = '', to = '', ...ref] = line.split(' ')
    updates.push({ from, to, ref: ref.join(' ') })
    if (updates.length > mostUpdates) return { quarantine, updates }
  }
  return undefined
}

// Lines for the person who pushes, or undefined when the references may move. What was allowed is written down first.
async function judge(db: Db, permit: Writing, push: HookQuestion): Promise<string[] | undefined> {
  try {
    if (push.updates.length > mostUpdates) return [`A push moves at most ${mostUpdates} references.`]
    const target = { repoId: permit.repo.id }
    await authorizeAlso(db, permit, 'repo.write', target)
    const { problems, pointers } = await inspectPush(permit.hub.git, permit.repo.id, {
      quarantine: push.quarantine,
      updates: push.updates.map(({ ref, from, to }) => ({ ref, from: oidOf(from), to: oidOf(to) })),
    })
    if (problems.length > 0) return problems
    // git would wait for a lock that nobody holds any more, and then refuse
    await removeStaleLocks(permit.hub.git, permit.repo.id)
    const oids = [...new Set(pointers.map(({ oid }) => oid))]
    return await transaction(db, async (tx) => {
      // Whoever is being removed at this moment is removed before or after, never in between
      await holdMembership(tx, permit.org?.id, permit.actor.id)
      const repo = await lockRepoRow(tx, permit.repo.id)
      if (repo === undefined) throw repoIsGone()
      await authorizeAlso(tx, permit, 'repo.write', target)
      // With the repository locked none of them is collected any more
      const dangling = await danglingPointers(tx, repo.id, pointers)
      if (dangling.length > 0) return danglingLines(dangling)
      await markReferenced(tx, repo.id, oids)
      await touchPushed(tx, repo.id)
      await record(tx, permit, pushEvent(permit, push.updates, repo.org_id))
      return undefined
    })
  } catch (error) {
    if (error instanceof HubError) return [error.message]
    log.error({ err: error }, 'a push could not be judged')
    return [`Something went wrong in the hub; it is logged under ${permit.request.id}.`]
  }
}

function oidOf(text: string): string | null {
  return text === nothing ? null : text
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

function pushEvent(permit: Writing, updates: RefLine[], orgId: string | null) {
  const { id, type, namespace, name } = permit.repo
  const refs = updates
    .slice(0, mostRecorded)
    .map(({ ref, from, to }) => ({ ref, before: oidOf(from), after: oidOf(to) }))
  const what = updates.length === 1 ? (updates[0]?.ref ?? '') : `${updates.length} references`
  return {
    type: 'repo.push',
    message: `pushed ${what.slice(0, 200)} of the ${type} ${namespace}/${name}`,
    data: { repo: { id, type, name: `${namespace}/${name}` }, refs, count: updates.length },
    scope: orgId ?? 'instance',
  }
}

// The log said what was about to happen; where git could not do it after all, the log says that too.
async function afterPush(db: Db, permit: Writing, updates: RefLine[]): Promise<void> {
  const { git } = permit.hub
  await refreshMetadata(db, permit.hub, permit.repo.id)
  const found = await objectInfos(
    git,
    permit.repo.id,
    updates.map(({ ref }) => ref),
  )
  const unmoved = updates.filter(({ to }, index) => (found[index]?.oid ?? null) !== oidOf(to))
  if (unmoved.length > 0) {
    await transaction(db, async (tx) => {
      const event = pushEvent(permit, unmoved, permit.org?.id ?? null)
      await record(tx, permit, {
        ...event,
        type: 'repo.push_incomplete',
        message: event.message.replace('pushed', 'could not move'),
      })
    })
  }
}
