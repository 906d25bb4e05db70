import { createServer } from 'node:http'
import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import { toNodeHandler } from 'better-auth/node'
import { organization } from 'better-auth/plugins'
import pg from 'pg'

// better-auth's organization plugin on the same PostgreSQL, behind node:http, with its own session and no rate limit.
const [, , connectionString = '', port = '0'] = process.argv
const baseURL = `http://127.0.0.1:${port}`
const options = {
  baseURL,
  secret: 'benchmark secret benchmark secret benchmark',
  database: new pg.Pool({ connectionString, max: 16 }),
  emailAndPassword: { enabled: true },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { disabled: true },
  plugins: [organization({ membershipLimit: 1_000_000 })],
}
const { runMigrations } = await getMigrations(options)
await runMigrations()
const auth = betterAuth(options)
createServer(toNodeHandler(auth)).listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
