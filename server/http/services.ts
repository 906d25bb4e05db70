import type { FastifyInstance } from 'fastify'
import type { Countries } from '../countries/countries.ts'
import type { GitHost } from '../git/host.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import type { LfsStore } from '../lfs/bytes/bytes.ts'
import type { UploadLimits } from '../lfs/bytes/limits.ts'
import type { Stage } from '../lfs/xet/stage.ts'
import type { Presence } from '../members/activity/presence.ts'
import type { Dns } from '../orgs/dns.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Downloads } from '../repos/gates/downloads.ts'
import type { Arriving } from '../shares/arriving.ts'
import type { Db } from '../store/database.ts'
import type { Rates } from '../users/rates/rates.ts'
import type { AnyOperation } from './dialects/dialect.ts'
import type { Workplace } from './idempotency.ts'
import type { Rotation } from './key-rotation.ts'

/** What this installation is made of. Rules get the parts that they use, where the routes and tasks are listed. */
export interface Services {
  /** Where people reach the hub; settled once the port is open. */
  publicUrl: string
  sendsMail: boolean
  key: InstanceKey
  /** The git repositories. */
  git: GitHost
  /** The bytes of LFS objects. */
  lfs: LfsStore
  /** What clients upload by Xet, until it is in LFS objects. */
  stage: Stage
  /** Whether they may. */
  hasXet: boolean
  /** Folder for what arrives and is not yet kept. */
  incoming: string
  uploads: UploadLimits
  arriving: Arriving
  /** Notes who downloads what from gated repositories. */
  downloads: Downloads
  /** Tells the countries of addresses, if there is a database of them. */
  countries?: Countries | undefined
  dns: Dns
  outbound: Outbound
  rotation: Rotation
}

/** What serving needs: where to register, the database, the installation. */
export interface Server {
  app: FastifyInstance
  db: Db
  hub: Services
  process: Workplace
  /** Notes which members are at work. */
  presence: Pick<Presence, 'note' | 'flush'>
  /** Counts the requests of each caller. */
  rates: Rates
  /** Every operation served, for the checks and the OpenAPI document. */
  operations: AnyOperation[]
}
