import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable, type Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import * as api from '../api/index.ts'

/** Reads what a hub sends, whole. */
export async function downloadText(client: api.Client, path: string): Promise<string> {
  const response = await client.raw('get', path)
  if (!response.ok) throw await refusalOf(response)
  return response.text()
}

/** Writes what a hub sends to standard output; answers how many bytes. */
export async function download(client: api.Client, path: string): Promise<number> {
  return writeTo(client, path, process.stdout)
}

/** Writes what a hub sends to a file, which appears under its name only when it is whole; answers how many bytes. */
export async function downloadTo(client: api.Client, path: string, output: string): Promise<number> {
  const unfinished = `${output}.part`
  try {
    const bytes = await writeTo(client, path, createWriteStream(unfinished, { mode: 0o600 }))
    await rename(unfinished, output)
    return bytes
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function writeTo(client: api.Client, path: string, target: Writable): Promise<number> {
  const response = await client.raw('get', path)
  if (!response.ok || response.body === null) throw await refusalOf(response)
  let bytes = 0
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const part of source) {
      bytes += part.length
      yield part
    }
  }
  await pipeline(Readable.fromWeb(response.body as ReadableStream<Uint8Array>), counted, target, {
    end: target !== process.stdout,
  })
  return bytes
}

async function refusalOf(response: Response): Promise<api.ApiError> {
  const body = (await response.json().catch(() => ({}))) as Record<string, unknown>
  return new api.ApiError(response.status, response.headers.get('x-error-code') ?? undefined, body, undefined)
}
