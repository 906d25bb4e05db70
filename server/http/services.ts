import type { GitHost } from '../git/host.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import type { LfsStore } from '../lfs/bytes/bytes.ts'
import type { UploadLimits } from '../lfs/bytes/limits.ts'
import type { Dns } from '../orgs/dns.ts'

/** What this installation is made of. Rules get the parts that they use, where the routes and tasks are listed. */
export interface Services {
  /** Where people reach the hub; settled once the port is open. */
  publicUrl: string
  key: InstanceKey
  /** The git repositories. */
  git: GitHost
  /** The bytes of LFS objects. */
  lfs: LfsStore
  /** Folder for what arrives and is not yet kept. */
  incoming: string
  uploads: UploadLimits
  dns: Dns
}
