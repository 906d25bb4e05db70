import { ApiError, type Client } from '../api/index.ts'
import { openConsole } from './console.ts'
import { endpointClient } from './endpoint.ts'
import { surroundings } from './environment.ts'
import { Failure } from './failure.ts'
import { NobodyThere, socketClient } from './socket.ts'

const triesAtMost = 5

/** A hub, and how it is reached: in the name of a token's owner, or as the server's own command line. */
export interface Hub {
  client: Client
  via: 'token' | 'console'
}

/** Does something at the hub: over HTTP when HF_TOKEN is set, through the console of the hub on this machine otherwise. */
export async function withHub<T>(work: (hub: Hub) => Promise<T>): Promise<T> {
  return surroundings.token === undefined ? withConsole(work) : withToken(work)
}

/** Does something at any server with this API, in the name of the token's owner. */
export async function withToken<T>(work: (hub: Hub) => Promise<T>): Promise<T> {
  const { token, endpoint } = surroundings
  if (token === undefined)
    throw new Failure('HF_TOKEN is not set. Set it to your access token.', undefined, 'NotSignedIn')
  try {
    return await work({ client: endpointClient(endpoint, token), via: 'token' })
  } catch (error) {
    throw hinted(
      error,
      [401],
      `HF_TOKEN is set, and ${endpoint} does not take it; unset it to use the console of the hub on this machine.`,
    )
  }
}

/** Does something as the command line of the hub on this machine. */
export async function withConsole<T>(work: (hub: Hub) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const { socket, close } = await openConsole(surroundings.dataDir)
    try {
      return await work({ client: socketClient(socket), via: 'console' })
    } catch (error) {
      const again = error instanceof NobodyThere && tries < triesAtMost
      if (!again)
        throw hinted(error, [401, 403], 'This acts as a person: set HF_TOKEN (“guildhall tokens create” makes one).')
    } finally {
      await close()
    }
  }
}

function hinted(error: unknown, statuses: number[], hint: string): unknown {
  if (error instanceof NobodyThere)
    return new Failure('Guildhall on this machine has just stopped. Try again.', undefined, 'Unreachable')
  if (!(error instanceof ApiError) || !statuses.includes(error.status)) return error
  return new Failure(`${error.message} ${hint}`, error.status, error.code)
}
