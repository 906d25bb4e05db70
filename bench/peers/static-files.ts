// A repository of small files as a server can hold it that only serves: in memory, one of it, for everybody, with the
// few routes that a download of all of it takes. node static-files.ts <number of files> <port>
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { snapshotFile } from '../snapshot-files.ts'

const [count = '', port = ''] = process.argv.slice(2)
const commit = 'c0'.repeat(20)
const mostPerPage = 1000

const files = new Map(
  Array.from({ length: Number(count) }, (_, index) => {
    const { path, content } = snapshotFile(index)
    const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex')
    return [path, { content, oid }] as const
  }),
)
const entries = [...files].map(([path, { content, oid }]) => ({ type: 'file', path, oid, size: content.length }))
const siblings = entries.map(({ path }) => ({ rfilename: path }))

const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', `http://${request.headers.host}`)
  if (pathname.includes('/revision/')) return sendJson(response, { id: 'acme/snapshot', sha: commit, siblings })
  if (pathname.includes('/tree/')) return sendTree(request, response, Number(searchParams.get('cursor') ?? 0))
  const file = files.get(decodeURIComponent(pathname.split(`/resolve/${commit}/`)[1] ?? ''))
  if (file === undefined) return response.writeHead(404).end()
  const headers = { ETag: `"${file.oid}"`, 'X-Repo-Commit': commit, 'Accept-Ranges': 'bytes' }
  response.writeHead(200, { ...headers, 'Content-Length': file.content.length })
  return response.end(request.method === 'HEAD' ? undefined : file.content)
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))

function sendTree(request: IncomingMessage, response: ServerResponse, from: number): void {
  const next = from + mostPerPage
  const url = `http://${request.headers.host}${request.url?.split('?')[0]}?recursive=true&cursor=${next}`
  if (next < entries.length) response.setHeader('Link', `<${url}>; rel="next"`)
  sendJson(response, entries.slice(from, next))
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value))
}
