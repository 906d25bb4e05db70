import type { Mail } from '../mail/templates.ts'
import type { Tx } from '../store/database.ts'
import { sql } from '../store/sql.ts'

/** Inserts a mail that stays in the outbox. */
export async function insertKeptMail(
  tx: Tx,
  mail: Mail,
  row: { id: string; orgId: string; at: Date; hash: Buffer | null },
): Promise<void> {
  await sql`insert into mails (id, recipient, subject, body, kind, state, created_at, org_id, link_hash)
    values (${row.id}, ${mail.to}, ${mail.subject}, ${JSON.stringify(mail.body)}::jsonb, ${mail.kind}, 'kept', ${row.at},
      ${row.orgId}, ${row.hash})`.execute(tx)
}

/** Gives a person access to one repository of an organization, until a moment; answers the repository. */
export async function insertCollaborator(
  tx: Tx,
  row: { orgId: string; repo: string; userId: string; role: 'read' | 'write'; by: string; at: Date; until: Date },
): Promise<{ id: string; type: string }> {
  const { rows } = await sql<{ id: string; type: string }>`
    with repo as (select id, type from repositories where org_id = ${row.orgId} and name = ${row.repo}),
    given as (insert into repo_collaborators (repo_id, user_id, role, expires_at, added_by, added_at)
      select id, ${row.userId}, ${row.role}, ${row.until}, ${row.by}, ${row.at} from repo)
    select id, type from repo`.execute(tx)
  const [repo] = rows
  if (repo === undefined) throw new Error(`${row.repo} is not in the demo`)
  return repo
}

/** Inserts the report of an offboarding in the past, with its rejoin block. */
export async function insertOffboarding(
  tx: Tx,
  row: { id: string; orgId: string; userId: string; at: Date; report: string; until: Date },
): Promise<void> {
  const { id, orgId, userId, at, until } = row
  await sql`insert into offboardings (id, org_id, user_id, at, removed, report)
    values (${id}, ${orgId}, ${userId}, ${at}, 1, ${row.report})`.execute(tx)
  await sql`insert into rejoin_blocks (org_id, user_id, offboarding_id, until)
    values (${orgId}, ${userId}, ${id}, ${until})`.execute(tx)
  await sql`insert into membership_ends (org_id, user_id, at) values (${orgId}, ${userId}, ${at})`.execute(tx)
}
