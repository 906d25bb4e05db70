// A mail server that takes every message and keeps none.
import { SMTPServer } from 'smtp-server'

const [, , , port] = process.argv
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData: (stream, _session, done) => {
    stream.resume()
    stream.on('end', () => done())
  },
})
server.on('error', () => undefined)
server.listen(Number(port), '127.0.0.1', () => process.stdout.write('ready\n'))
