import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openGit } from '../server/git/host.ts'
import { onlyOwner } from '../server/git/process/move-lock.ts'
import type { Services } from '../server/http/services.ts'
import { instanceKey } from '../server/keys/instance-key.ts'
import { openLfsDisk } from '../server/lfs/disk/disk.ts'
import { openStage } from '../server/lfs/xet/stage.ts'
import { openOutbound } from '../server/outbound/outbound.ts'
import { openArriving } from '../server/shares/arriving.ts'
import { openDiskReserve } from '../server/shares/disk.ts'

/** A hub that answers no requests, for tests of single rules; its folder goes when the process ends. */
export function silentHub(publicUrl: string, secret = 'a key that is only for this one test'): Services {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-places-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const key = instanceKey(secret)
  return {
    publicUrl,
    sendsMail: false,
    key,
    rotation: { key, file: undefined, processId: '', enter: async () => undefined },
    git: openGit({
      folder: join(folder, 'repositories'),
      transfers: 2,
      maxPushBytes: 1e9,
      owner: onlyOwner(),
      reserve: openDiskReserve(0),
      spillFolder: folder,
    }),
    lfs: openLfsDisk({ folder: join(folder, 'lfs'), reserve: openDiskReserve(0) }),
    stage: openStage(join(folder, 'xet'), openDiskReserve(0)),
    hasXet: true,
    incoming: join(folder, 'incoming'),
    uploads: { commit: 1e9, lfsObject: 1e9 },
    arriving: openArriving(),
    downloads: { note: () => undefined, flush: async () => undefined },
    dns: { txt: async () => [] },
    outbound: openOutbound([]),
  }
}
