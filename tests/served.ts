import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { after } from 'node:test'
import { cleanEnvironment, done, folder, program, type Variables } from './command-line.ts'
import { makeDatabase, startTestPostgres } from './postgres.ts'

/** The password of the site admin of a served hub. */
export const password = 'correct horse battery'

/** A hub that serves in a process of its own, and how commands reach it. */
export interface Served {
  hub: ChildProcess
  /** As the command line on the server. */
  onServer: Variables
  /** As ada, with a token of hers. */
  asAda: Variables
}

/** Serves a hub with the site admin ada, and the organization acme of ada, grace and bob; it ends with the test file. */
export async function serveHub(): Promise<Served> {
  const undo: (() => Promise<unknown> | unknown)[] = []
  after(async () => {
    for (const step of undo.reverse()) await step()
  })
  const postgres = await startTestPostgres()
  undo.push(postgres.stop)
  const database = await makeDatabase(postgres.url)
  undo.push(database.drop)
  const onServer = {
    GUILDHALL_DATA_DIR: join(folder, 'data'),
    GUILDHALL_PORT: '0',
    DATABASE_URL: database.url,
    GUILDHALL_LOG_LEVEL: 'silent',
  }
  const hub = spawn(process.execPath, [program, 'serve'], {
    env: cleanEnvironment(onServer),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  undo.push(() => hub.kill('SIGKILL'))
  const address = await addressOf(hub)
  await addPeople(onServer)
  const { stdout } = await done(['tokens', 'create', '--user', 'ada', '--role', 'write', '--expires', '90d'], onServer)
  return { hub, onServer, asAda: { HF_ENDPOINT: address, HF_TOKEN: stdout.trim() } }
}

async function addPeople(onServer: Variables): Promise<void> {
  await done(
    ['operator', 'create', '--name', 'ada', '--email', 'ada@example.org', '--password-stdin'],
    onServer,
    `${password}\n`,
  )
  for (const name of ['grace', 'bob'])
    await done(['users', 'create', '--name', name, '--email', `${name}@example.org`], onServer)
  await done(['org', 'create', '--name', 'acme', '--admin', 'ada', '--plan', 'team'], onServer)
  for (const user of ['grace', 'bob'])
    await done(['members', 'add', '--org', 'acme', '--user', user, '--role', 'read'], onServer)
}

async function addressOf(child: ChildProcess): Promise<string> {
  let said = ''
  for await (const part of child.stderr ?? []) {
    said += part
    const address = /^ {2}(http:\/\/[^/\s]+)/m.exec(said)?.[1]
    if (address !== undefined) return address
  }
  throw new Error(`the hub did not start: ${said}`)
}
