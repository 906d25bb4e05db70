import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { below, type Figure } from './measure.ts'
import { median, type Place, runProgram } from './place.ts'
import { startPeer } from './processes.ts'
import { snapshotFile } from './snapshot-files.ts'

const files = 1000
const rounds = 3
const mostTimes = 1.5
const python = fileURLToPath(new URL('../.venv/bin/python', import.meta.url))

// The time of the call itself: loading the library takes as long again, for any server.
const script = `
import time
from huggingface_hub import snapshot_download
begun = time.perf_counter()
snapshot_download("acme/snapshot")
print(time.perf_counter() - begun)
`

/** The Python client downloads a repository of many small files, beside the same from a server of static files. */
export async function measureSnapshot(place: Place): Promise<Figure[]> {
  if (!existsSync(python)) return []
  const repo = await place.createRepo('snapshot')
  await place.commit(
    repo,
    Array.from({ length: files }, (_, index) => snapshotFile(index)),
  )
  const peer = await startPeer('static-files', String(files))
  const times: [number[], number[]] = [[], []]
  for (let round = 0; round < rounds; round++) {
    for (const index of round % 2 ? [1, 0] : [0, 1])
      times[index]?.push(await download(place, index === 0 ? place.url : peer.url))
  }
  await peer.stop()
  const [hub, other] = [median(times[0]), median(times[1])]
  return [
    {
      name: 'snapshot_download of 1,000 files, huggingface_hub',
      value: hub / other,
      unit: '× the time of a static file server',
      verdict: below(hub / other, mostTimes),
      note: `${hub.toFixed(1)} s beside ${other.toFixed(1)} s`,
    },
  ]
}

async function download({ folder, token }: Place, endpoint: string): Promise<number> {
  const home = mkdtempSync(join(folder, 'home-'))
  const quiet = { HF_HUB_DISABLE_TELEMETRY: '1', HF_HUB_DISABLE_PROGRESS_BARS: '1', HF_HUB_DISABLE_UPDATE_CHECK: '1' }
  const env = { PATH: process.env.PATH, HOME: home, HF_HOME: home, HF_ENDPOINT: endpoint, HF_TOKEN: token, ...quiet }
  const seconds = Number((await runProgram(python, ['-c', script], { env })).trim().split('\n').at(-1))
  rmSync(home, { recursive: true, force: true })
  return seconds
}
