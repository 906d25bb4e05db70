import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { SMTPServer } from 'smtp-server'

export interface SmtpOptions {
  /** What the server does with each message, in turn; the last counts for all that follow. */
  answers?: ('ok' | 'later' | 'drop')[]
  refused?: string
  password?: string
  /** How long it thinks about each message, in milliseconds. */
  thinks?: number
  /** After so many messages it answers no further one until it is told to go on. */
  holdsAfter?: number
}

/** A real mail server on a port of its own unless one is named, which keeps what it got. */
export async function startSmtp(options: SmtpOptions = {}, port = 0) {
  const { answers = ['ok'], refused, password, thinks = 0, holdsAfter = Number.POSITIVE_INFINITY } = options
  const received: { raw: string }[] = []
  const held = Promise.withResolvers<void>()
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
      const raw = await textOf(stream)
      if (raw === undefined) return
      const answer = answers[Math.min(received.length, answers.length - 1)]
      received.push({ raw })
      if (answer === 'drop') return cut()
      if (received.length > holdsAfter) await held.promise
      if (thinks > 0) await sleep(thinks)
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
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      cut()
    })
  const bound = server.server.address() as { port: number }
  return { received, port: bound.port, url: `smtp://127.0.0.1:${bound.port}`, goOn: held.resolve, stop }
}

// A client that is killed in the midst of a message has sent none.
async function textOf(stream: AsyncIterable<unknown>): Promise<string | undefined> {
  let text = ''
  try {
    for await (const chunk of stream) text += chunk
    return text
  } catch {
    return undefined
  }
}
