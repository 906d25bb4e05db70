import * as api from '../api/index.ts'
import { endpointClient } from './endpoint.ts'
import { surroundings } from './environment.ts'
import { Failure } from './failure.ts'

/** Whom to sign in as. */
export interface SignIn {
  username: string
  password: string
  code?: string | undefined
}

/** Does something that access tokens can’t do: signs in to HF_ENDPOINT as a person, and out again at the end. */
export async function withSession<T>(signIn: SignIn, work: (client: api.Client) => Promise<T>): Promise<T> {
  const { endpoint } = surroundings
  if (endpoint === undefined)
    throw new Failure(
      'HF_ENDPOINT is not set. Set it to the URL of the server to sign in to.',
      undefined,
      'NotSignedIn',
    )
  const { headers } = await endpointClient(endpoint, {}).answer(api.users.signIn, { body: signIn })
  const cookie = headers.getSetCookie().map((line) => line.split(';')[0] ?? '')
  const client = endpointClient(endpoint, { cookie: cookie.join('; ') })
  try {
    return await work(client)
  } finally {
    await client.call(api.users.signOut).catch(() => undefined)
  }
}
