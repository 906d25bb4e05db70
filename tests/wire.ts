import { request } from 'node:http'
import { connect } from 'node:net'
import type { Reply, TestHub } from './hub.ts'

/** What goes over the wire as it is: no tool in between repairs paths, headers or bodies. */
export interface Wire {
  method: string
  path: string
  headers?: Record<string, string | string[]>
  body?: string | Buffer | undefined
}

/** Sends a request whose path and headers are kept as given. */
export function sendWire(hub: TestHub, { method, path, headers = {}, body }: Wire): Promise<Reply> {
  const { hostname, port } = new URL(hub.url)
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: hostname, port, method, path, headers: { ...length, ...headers }, agent: false },
      async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        const pairs = Object.entries(response.headers).map(([key, value]) => [key, String(value)] as [string, string])
        resolve({
          status: response.statusCode ?? 0,
          body: parsed(Buffer.concat(chunks).toString()),
          headers: new Headers(pairs),
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Writes bytes to the port as they are, and answers all that comes back until the server closes. */
export async function sendBytes(hub: TestHub, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(hub.url)
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('latin1')
  socket.on('data', (chunk) => (answer += chunk))
  socket.on('error', () => undefined)
  socket.setTimeout(30_000, () => socket.destroy())
  socket.write(bytes)
  await new Promise((resolve) => socket.once('close', resolve))
  return answer
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
