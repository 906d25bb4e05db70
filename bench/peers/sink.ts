// Takes bodies and drops them, as fast as Node can: node sink.ts - <port>
import { createServer } from 'node:http'

const server = createServer(async (request, response) => {
  for await (const _ of request);
  response.end()
})
server.listen(Number(process.argv[3]), '127.0.0.1', () => console.log('ready'))
