import { bulk, type InputOf, type ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { daySeconds, now, secondsFromNow } from '../../kernel/clock.ts'
import { HubError } from '../../kernel/errors.ts'
import { newId } from '../../kernel/ids.ts'
import { decodeCursor, pageOf } from '../../kernel/page.ts'
import type { Db, Tx } from '../../store/database.ts'
import * as store from './imports-store.ts'

const { days: keptDays, most: mostKept } = bulk.importsKept
const keptSeconds = keptDays * daySeconds

/** Keeps what undoes a change of many in the transaction that makes it; nothing where nothing came of it. */
export async function keepImport(
  tx: Tx,
  { org, actor }: Permit<'member.bulk'> | Permit<'invitation.createMany'>,
  made: Pick<store.NewImport, 'kind' | 'undo'> & store.Counts,
): Promise<void> {
  if (made.changed + made.invited + made.removed + made.revoked === 0) return
  await store.insertImport(tx, { ...made, id: newId(), orgId: org.id, createdBy: actor.id, at: now() })
  await store.deleteBeyond(tx, org.id, mostKept)
}

/** Lists the bulk changes and bulk invitations of the last days, the newest first. */
export async function listImports(
  db: Db,
  permit: Permit<'import.view'>,
  { cursor, limit }: InputOf<typeof bulk.listImports>,
): Promise<ResultOf<typeof bulk.listImports>> {
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, 1)
  const asked = { orgId: permit.org.id, since: secondsFromNow(-keptSeconds), before, limit: limit + 1 }
  const page = pageOf(await store.listImportRows(db, asked), limit, ({ id }) => [id])
  return { items: page.items.map(importReply), next: page.next }
}

/** Shows one of them, with its undo file. */
export async function getImport(
  db: Db,
  permit: Permit<'import.view'>,
  { id }: InputOf<typeof bulk.getImport>,
): Promise<ResultOf<typeof bulk.getImport>> {
  const row = await store.findImport(db, { orgId: permit.org.id, id, since: secondsFromNow(-keptSeconds) })
  if (row === undefined) throw new HubError('NotFound', `No import with this ID in the last ${keptDays} days.`)
  return { ...importReply(row), inverse: row.undo }
}

function importReply({
  id,
  kind,
  createdAt,
  createdBy,
  changed,
  invited,
  removed,
  revoked,
}: store.ImportRow): bulk.Import {
  return {
    id,
    kind,
    createdAt: createdAt.toISOString(),
    createdBy,
    keptUntil: new Date(createdAt.getTime() + keptSeconds * 1000).toISOString(),
    counts: { changed, invited, removed, revoked },
  }
}

/** Forgets imports once they are no longer kept. */
export async function forgetImports(db: Db): Promise<void> {
  await store.deleteImportsBefore(db, secondsFromNow(-keptSeconds))
}
