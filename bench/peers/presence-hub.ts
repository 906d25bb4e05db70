// A hub that notes who is active, or one that is the same in all but that: node presence-hub.ts <database> <port> <public address> on|off
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub } from '../../server/http/hub.ts'
import { moveClock } from '../../server/kernel/clock.ts'
import { log } from '../../server/kernel/log.ts'
import { noRateLimits } from '../../server/users/rates/limits.ts'
import { benchSecret } from '../processes.ts'

const [databaseUrl = '', port = '', publicUrl = '', noting] = process.argv.slice(2)
const dataDir = mkdtempSync(join(tmpdir(), 'guildhall-bench-'))
const quarterMs = 900_000
let moved = 0

log.level = 'warn'
const hub = await startHub({
  ...{
    host: '127.0.0.1',
    port: Number(port),
    publicUrl,
    dataDir,
    databaseUrl,
    secretKey: benchSecret,
    smtpUrl: '',
  },
  ...{
    mailFrom: 'hub@localhost',
    trustedProxies: [],
    reach: { allowedHosts: [], isShared: true },
    version: 'bench',
    listen: true,
    dnsServers: [],
    privateNetworks: [],
    rates: noRateLimits,
  },
  storage: {
    repositoriesDir: '',
    diskReserveBytes: undefined,
    gitTransfers: 0,
    maxPushBytes: 1e9,
    maxCommitBytes: 1e9,
    maxLfsObjectBytes: 1e9,
    hasXet: true,
    lfsS3: undefined,
  },
})
if (noting === 'off') hub.server.presence = { note: () => undefined, flush: async () => undefined }
// The next quarter of an hour
process.on('SIGUSR2', () => {
  moved += quarterMs
  moveClock(moved)
})
process.on('SIGTERM', async () => {
  await hub.stop()
  rmSync(dataDir, { recursive: true, force: true })
  process.exit()
})
process.stdout.write('ready\n')
