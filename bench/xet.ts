import { execFile } from 'node:child_process'
import { randomBytes, randomFillSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atLeast, below, type Figure } from './measure.ts'
import { inTurn, type Place, runProgram } from './place.ts'
import { watchMemory } from './processes.ts'

const run = promisify(execFile)
const mebibyte = 1024 * 1024
const rounds = 2
const hf = fileURLToPath(new URL('../.venv/bin/hf', import.meta.url))

/** Uploads by the Python client as it is installed: by Xet beside its own LFS, with memory, and what a second one sends. */
export async function measureXet(place: Place): Promise<Figure[]> {
  if (!existsSync(hf)) return []
  const large = join(mkdtempSync(join(place.folder, 'large-')), 'large.bin')
  await runProgram('dd', ['if=/dev/urandom', `of=${large}`, 'bs=1M', 'count=1024', 'status=none'])
  const one = await beside(place, 'large', large)
  const many = await beside(place, 'many', manyFiles(place))
  const growth = await growthOfFour(place)
  const sent = await sentAgain(place, large)
  return [
    {
      name: 'upload of 1 GiB by Xet',
      value: one.lfs / one.xet,
      unit: 'of the speed of LFS by the same client',
      verdict: atLeast(one.lfs / one.xet, 0.8),
      note: `${Math.round(one.xet)} ms beside ${Math.round(one.lfs)} ms`,
      why: 'The client cuts and hashes, the server checks each chunk and then reads, hashes, and writes the file.',
    },
    {
      name: 'upload of 300 files of 1 MB by Xet',
      value: many.xet / many.lfs,
      unit: 'of the time of LFS by the same client',
      verdict: below(many.xet / many.lfs, 1.5),
      note: `${Math.round(many.xet)} ms beside ${Math.round(many.lfs)} ms`,
    },
    {
      name: 'memory of the hub with 4 uploads of 256 MiB at once: growth',
      value: growth,
      unit: 'MB',
      verdict: below(growth, 96),
    },
    {
      name: 'upload of 1 GiB again with 1 MB changed',
      value: (sent / (1024 * mebibyte)) * 100,
      unit: '% of the bytes on the wire',
      verdict: below((sent / (1024 * mebibyte)) * 100, 5),
    },
  ]
}

/** Uploads to a new repository, from a machine without a cache unless one is given. */
async function upload(place: Place, repo: string, source: string, more: Record<string, string> = {}): Promise<void> {
  const home = mkdtempSync(join(place.folder, 'home-'))
  const own = { HF_ENDPOINT: place.url, HF_TOKEN: place.token, HF_HOME: home, HF_HUB_DISABLE_PROGRESS_BARS: '1' }
  await run(hf, ['upload', repo, source], { env: { PATH: process.env.PATH, HOME: home, ...own, ...more } })
}

async function beside(place: Place, name: string, source: string): Promise<{ xet: number; lfs: number }> {
  const to = (way: string, round: number) => place.createRepo(`${name}-${way}-${round}`)
  const { one, other } = await inTurn(
    rounds,
    async (round) => upload(place, await to('xet', round), source),
    async (round) => upload(place, await to('lfs', round), source, { HF_HUB_DISABLE_XET: '1' }),
  )
  return { xet: one, lfs: other }
}

function manyFiles(place: Place): string {
  const folder = mkdtempSync(join(place.folder, 'many-'))
  for (let file = 0; file < 300; file++) writeFileSync(join(folder, `${file}.bin`), randomBytes(1_000_000))
  return folder
}

async function growthOfFour(place: Place): Promise<number> {
  const sources = [0, 1, 2, 3].map((file) => {
    const folder = join(place.folder, `quarter-${file}`)
    mkdirSync(folder)
    const path = join(folder, 'quarter.bin')
    writeFileSync(path, randomFillSync(Buffer.alloc(256 * mebibyte)))
    return path
  })
  const repos = await Promise.all(sources.map((_, file) => place.createRepo(`quarter-${file}`)))
  const memory = watchMemory(place.pid)
  await Promise.all(sources.map((source, file) => upload(place, repos[file] ?? '', source)))
  return memory.stop()
}

/** What the second upload of a file sends after a megabyte of it has changed. */
async function sentAgain(place: Place, source: string): Promise<number> {
  const repo = await place.createRepo('again')
  const cache = { HF_HOME: mkdtempSync(join(place.folder, 'cache-')) }
  await upload(place, repo, source, cache)
  writeSync(openSync(source, 'r+'), randomBytes(1_000_000), 0, 1_000_000, 500 * mebibyte)
  const meter = await startMeter()
  await upload(place, repo, source, { ...cache, HTTP_PROXY: meter.url, http_proxy: meter.url })
  return meter.stop()
}

/** A proxy that counts the bytes of what is sent through it. */
async function startMeter(): Promise<{ url: string; stop(): number }> {
  let bytes = 0
  const proxy = createServer((asked, answer) => {
    const { method, headers, url = '' } = asked
    const passed = request(url, { method, headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    asked.on('data', (piece: Buffer) => {
      bytes += piece.length
    })
    asked.pipe(passed)
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    stop() {
      proxy.close()
      proxy.closeAllConnections()
      if (bytes === 0) throw new Error('the client went past the proxy')
      return bytes
    },
  }
}
