import { type Reply, type TestHub, testPassword } from './hub.ts'

/** Someone at a browser: keeps the session cookie as a browser does. */
export interface Visitor {
  cookie: string | undefined
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
}

/** A browser in which no one is signed in, or one that holds a cookie already. */
export function visitor(hub: TestHub, cookie?: string): Visitor {
  const browser: Visitor = {
    cookie,
    send: async (method, path, body, headers = {}) => {
      const sent = browser.cookie === undefined ? headers : { ...headers, cookie: browser.cookie }
      const reply = await hub.request(undefined, method, path, body, sent)
      const [set] = reply.headers.getSetCookie()
      if (set !== undefined) browser.cookie = cookieIn(set)
      return reply
    },
  }
  return browser
}

function cookieIn(header: string): string | undefined {
  const [pair = ''] = header.split(';')
  return pair.endsWith('=') ? undefined : pair
}

/** A browser in which an account is signed in with its password. */
export async function signedIn(hub: TestHub, username: string, password = testPassword): Promise<Visitor> {
  const browser = visitor(hub)
  const { status, body } = await browser.send('POST', '/api/login', { username, password })
  if (status !== 200) throw new Error(`${username} could not sign in: ${JSON.stringify(body)}`)
  return browser
}

/** The secret in the link of the newest mail to an address. */
export async function linkIn(hub: TestHub, address: string): Promise<string> {
  const mail = (await hub.mails()).findLast(({ recipient }) => recipient === address)
  const token = mail?.text_body.match(/token=([0-9A-Za-z]+)/)?.[1]
  if (token === undefined) throw new Error(`no link was mailed to ${address}`)
  return token
}
