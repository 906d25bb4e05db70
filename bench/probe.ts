import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** What a probe asks, one after the other, and how often. */
export interface ProbeOrder {
  url: string
  requests: { method: string; path: string; token: string; bodies?: string[] }[]
  everyMs: number
}

// In a thread of its own: what the measuring process does itself must not look like slowness of the hub. Requests begin
// at their time whether or not earlier ones are answered, and are timed from then.
const { url, requests, everyMs }: ProbeOrder = workerData
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const samples: number[] = []
let refused = 0
let turn = 0

function ask(): void {
  const asked = requests[turn % requests.length]
  if (asked === undefined) return
  const { method, path, token, bodies } = asked
  const body = bodies?.[Math.floor(turn++ / requests.length) % bodies.length]
  if (bodies === undefined) turn++
  const begun = performance.now()
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) }
  const sent = request(new URL(path, url), { method, headers, agent }, (response) => {
    if ((response.statusCode ?? 500) >= 300) refused++
    response.resume().on('end', () => samples.push(performance.now() - begun))
  })
  sent.on('error', () => refused++)
  sent.end(body)
}

const timer = setInterval(ask, everyMs)
parentPort?.once('message', () => {
  clearInterval(timer)
  setTimeout(() => {
    parentPort?.postMessage({ samples, refused })
    agent.destroy()
  }, 500)
})
