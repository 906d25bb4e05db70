import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { S3Options } from '../server/lfs/s3/s3.ts'
import { closedPort } from './gate.ts'
import { until } from './until.ts'

const program = process.env.GUILDHALL_TEST_VERSITYGW ?? fileURLToPath(new URL('../.tools/versitygw', import.meta.url))

/** Why there is no S3 server to test against, or false. */
export const s3Missing = !existsSync(program) && 'no S3 server here: .ci/run installs versitygw where Go is'

/** A real S3 server that keeps its bucket in a folder. */
export interface S3Server {
  options: S3Options
  stop(): Promise<void>
}

/** Starts versitygw on a bucket of its own. */
export async function startS3(): Promise<S3Server> {
  const root = mkdtempSync(join(tmpdir(), 'gh-s3-'))
  const folders = { bucket: join(root, 'data', 'bucket'), sidecar: join(root, 'sidecar') }
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })
  const port = await closedPort()
  const keys = { accessKeyId: 'guildhall', secretAccessKey: 'not a secret at all' }
  const child = spawn(
    program,
    ['--port', `127.0.0.1:${port}`, '--access', keys.accessKeyId, '--secret', keys.secretAccessKey].concat([
      '--quiet',
      'posix',
      '--sidecar',
      folders.sidecar,
      join(root, 'data'),
    ]),
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const endpoint = `http://127.0.0.1:${port}`
  await answers(endpoint, child)
  return {
    options: { endpoint, region: 'us-east-1', bucket: 'bucket', prefix: 'lfs/', forcePathStyle: true, ...keys },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGKILL')
        await ended
      }
      rmSync(root, { recursive: true, force: true })
    },
  }
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`versitygw ended with ${child.exitCode}`)
    const answer = await fetch(endpoint).catch(() => undefined)
    await answer?.body?.cancel()
    return answer !== undefined
  })
}
