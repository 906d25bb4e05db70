import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'

export interface SmtpOptions {
  /** What the server does with each message, in turn; the last counts for all that follow. */
  answers?: ('ok' | 'later' | 'drop')[]
  refused?: string
  password?: string
}

/** A real mail server on a port of its own, which keeps what it got. */
export async function startSmtp({ answers = ['ok'], refused, password }: SmtpOptions = {}) {
  const received: { raw: string }[] = []
  const server = new SMTPServer({
    authOptional: password === undefined,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: (auth, _session, done) =>
      auth.password === password
        ? done(null, { user: 'hall' })
        : done(Object.assign(new Error(`no such password: ${auth.password}`), { responseCode: 535 })),
    onRcptTo: ({ address }, _session, done) =>
      address === refused ? done(Object.assign(new Error('no such person'), { responseCode: 550 })) : done(),
    onData: async (stream, _session, done) => {
      let raw = ''
      for await (const chunk of stream) raw += chunk
      const answer = answers[Math.min(received.length, answers.length - 1)]
      received.push({ raw })
      if (answer === 'drop') return cut()
      done(answer === 'ok' ? null : Object.assign(new Error('busy'), { responseCode: 451 }))
    },
  })
  // A lost answer is a connection that is cut before it.
  const sockets = new Set<Socket>()
  server.server.on('connection', (socket) => sockets.add(socket))
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()))
  const { port } = server.server.address() as { port: number }
  return { received, port, url: `smtp://127.0.0.1:${port}`, stop }
}
