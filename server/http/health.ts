import type { FastifyInstance, onRequestHookHandler } from 'fastify'
import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { jobCounts } from '../jobs/counts.ts'
import { now } from '../kernel/clock.ts'
import type { Links } from '../mail/links.ts'
import { mailCounts } from '../mail/outbox.ts'
import type { Db } from '../store/database.ts'
import { findVitals, pingDatabase } from './store.ts'

/** What the hub knows about itself from its start. */
export interface HubInfo {
  version: string
  databaseKind: 'embedded' | 'external'
  sendsMail: boolean
  startedAt: Date
}

/** Tells how the installation is doing. */
export async function operatorHealth(
  db: Db,
  _permit: Permit<'operator.viewHealth'>,
  _input: InputOf<typeof api.operator.operatorHealth>,
  { info, links }: { info: HubInfo; links: Links },
): Promise<ResultOf<typeof api.operator.operatorHealth>> {
  const [vitals, jobs, mail] = await Promise.all([findVitals(db), jobCounts(db), mailCounts(db)])
  return {
    version: info.version,
    startedAt: info.startedAt.toISOString(),
    publicUrl: links.publicUrl,
    memoryBytes: process.memoryUsage.rss(),
    database: { kind: info.databaseKind, version: vitals.version, sizeBytes: Number(vitals.size_bytes) },
    jobs,
    mail: { configured: info.sendsMail, ...mail },
    counts: {
      people: vitals.people,
      organizations: vitals.organizations,
      repositories: vitals.repositories,
      adminless: vitals.adminless,
    },
  }
}

/** Serves the two questions that supervisors ask: is the process alive, and can it work. */
export function serveProbes(app: FastifyInstance, db: Db): void {
  app.get('/healthz', async () => ({ status: 'ok', time: now().toISOString() }))
  app.get('/readyz', async () => {
    await pingDatabase(db)
    return { status: 'ready' }
  })
}

/** Answers what clients of Xet report after each transfer, before any of it is read. Nothing is kept. */
export function dropTelemetry(app: FastifyInstance): void {
  const onRequest: onRequestHookHandler = (_request, reply) => void reply.code(204).send()
  app.post('/v1/telemetry', { onRequest }, async () => undefined)
}
