// git's own server behind the least Node that can run a CGI program: node git-http-backend.ts <folder> <port>
import { spawn } from 'node:child_process'
import { createServer } from 'node:http'

const [root = '', port = ''] = process.argv.slice(2)
const server = createServer((request, response) => {
  const { pathname, search } = new URL(request.url ?? '', 'http://localhost')
  const { headers } = request
  const env = { PATH: process.env.PATH, GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: '1', REMOTE_USER: 'bench' }
  const asked = { PATH_INFO: pathname, QUERY_STRING: search.slice(1), REQUEST_METHOD: request.method }
  const sent = { CONTENT_TYPE: headers['content-type'], HTTP_CONTENT_ENCODING: headers['content-encoding'] }
  const protocol = { GIT_PROTOCOL: headers['git-protocol'] as string | undefined }
  const child = spawn('git', ['http-backend'], { env: { ...env, ...asked, ...sent, ...protocol } })
  request.pipe(child.stdin)
  let head = Buffer.alloc(0)
  child.stdout.on('readable', function begin() {
    for (let chunk = child.stdout.read(); chunk !== null; chunk = child.stdout.read()) {
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) continue
      const lines = head
        .toString('latin1', 0, end)
        .split('\r\n')
        .map((line) => line.split(': '))
      response.statusCode = Number.parseInt(lines.find(([name]) => name === 'Status')?.[1] ?? '200', 10)
      for (const [name = '', value = ''] of lines) if (name !== 'Status') response.setHeader(name, value)
      response.write(head.subarray(end + 4))
      child.stdout.off('readable', begin)
      child.stdout.pipe(response)
      return
    }
  })
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
