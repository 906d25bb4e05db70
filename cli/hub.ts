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

type Work<T> = (hub: Hub) => Promise<T>

interface Options {
  /** Whether a data folder without a hub gets one: only where a command begins a new hub on purpose. */
  mayCreate?: boolean
}

/** Does something at the hub: as the owner of HF_TOKEN when that is set, otherwise as the operator of the hub on this machine. */
export async function withHub<T>(work: Work<T>, options: Options = {}): Promise<T> {
  return surroundings.token === undefined ? withConsole(work, options) : withToken(work)
}

/** Does something as the owner of HF_TOKEN: at HF_ENDPOINT, or at the hub on this machine where that is not set. */
export async function withToken<T>(work: Work<T>): Promise<T> {
  const { token, endpoint, dataDir } = surroundings
  if (token === undefined)
    throw new Failure('HF_TOKEN is not set. Set it to your access token.', undefined, 'NotSignedIn')
  try {
    const credential = { authorization: `Bearer ${token}` }
    if (endpoint !== undefined) return await work({ client: endpointClient(endpoint, credential), via: 'token' })
    // Never to an address that was only guessed: whatever listens there would get the token
    return await throughSocket((socket) => work({ client: socketClient(socket, token), via: 'token' }))
  } catch (error) {
    const hub = endpoint ?? `Guildhall in ${dataDir}`
    throw hinted(error, [401], `${hub} does not accept HF_TOKEN. Unset it to act as a site admin on this machine.`)
  }
}

/** Does something as the operator of the hub on this machine. */
export async function withConsole<T>(work: Work<T>, options: Options = {}): Promise<T> {
  try {
    return await throughSocket((socket) => work({ client: socketClient(socket), via: 'console' }), options)
  } catch (error) {
    throw hinted(
      error,
      [401, 403],
      'This command acts as a person. Set HF_TOKEN to a token from “guildhall tokens create”.',
    )
  }
}

async function throughSocket<T>(work: (socket: string) => Promise<T>, { mayCreate = false }: Options = {}): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    const { socket, close } = await openConsole(surroundings, mayCreate)
    try {
      return await work(socket)
    } catch (error) {
      if (!(error instanceof NobodyThere) || tries >= triesAtMost) throw error
    } finally {
      await close()
    }
  }
}

function hinted(error: unknown, statuses: number[], hint: string): unknown {
  if (error instanceof NobodyThere)
    return new Failure('Guildhall on this machine has just stopped. Try again.', undefined, 'Unreachable')
  if (!(error instanceof ApiError) || !statuses.includes(error.status)) return error
  return new Failure(`${error.message.replace(/\.?$/, '.')} ${hint}`, error.status, error.code)
}
