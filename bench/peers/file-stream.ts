// One file as a plain stream: node file-stream.ts <file> <port>
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'

const [file = '', port = ''] = process.argv.slice(2)
const server = createServer((_request, response) => {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': statSync(file).size })
  createReadStream(file).pipe(response)
})
server.listen(Number(port), '127.0.0.1', () => console.log('ready'))
