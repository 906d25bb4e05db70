import type * as api from '../api/index.ts'
import { Failure, type Report, reportOf } from './failure.ts'
import type { Output } from './output.ts'
import { type Change, changeMember } from './role-change.ts'
import type { RoleRow } from './roles-file.ts'

interface Task {
  org: string
  rows: RoleRow[]
  dryRun: boolean
}

/** The verdict of one row. */
type Verdict =
  | { line: number; user: string; ok: true; change: Change }
  | ({ line: number; user: string; ok: false } & Report)

interface Summary {
  dryRun: boolean
  done: number
  failed: number
  rows: Verdict[]
}

/** Sets the roles of all rows, one after another; a refused row does not stop the next, a server that is gone does. */
export async function setRolesOfMany(client: api.Client, task: Task, out: Output): Promise<Summary> {
  const rows: Verdict[] = []
  let gone = false
  for (const row of task.rows) {
    const verdict: Verdict = gone ? notTried(row) : await verdictOn(client, task, row)
    gone ||= !verdict.ok && verdict.code === 'Unreachable'
    rows.push(verdict)
    if (!out.json) process.stdout.write(`${wordsOf(verdict)}\n`)
  }
  const failed = rows.filter(({ ok }) => !ok).length
  const summary = { dryRun: task.dryRun, done: rows.length - failed, failed, rows }
  const would = task.dryRun ? ' would be' : ''
  out.result(summary, `${summary.done} of ${rows.length}${would} done, ${failed}${would} refused.`)
  return summary
}

async function verdictOn(client: api.Client, { org, dryRun }: Task, { line, user, wish }: RoleRow): Promise<Verdict> {
  try {
    if ('problem' in wish) throw new Failure(wish.problem, undefined, 'BadRow')
    return { line, user, ok: true, change: await changeMember(client, org, wish, dryRun) }
  } catch (error) {
    return { line, user, ok: false, ...reportOf(error) }
  }
}

function notTried({ line, user }: RoleRow): Verdict {
  return { line, user, ok: false, error: 'Not checked, because the server can’t be reached.', code: 'NotTried' }
}

function wordsOf(verdict: Verdict): string {
  const at = `line ${verdict.line}  ${verdict.user}`
  if (!verdict.ok)
    return `${at}: refused${verdict.status === undefined ? '' : ` (${verdict.status})`}: ${verdict.error}`
  const { before, role } = verdict.change
  return `${at}: ${before === undefined ? role : `${before} → ${role}`}`
}
