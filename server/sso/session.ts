import type { Author } from '../access/author.ts'
import { HubError } from '../kernel/errors.ts'

/** The session of the browser that a request comes with; throws `403` where it has none. */
export function sessionIdOf({ actor }: Author): string {
  if (actor?.session === undefined)
    throw new HubError('SessionRequired', 'Access tokens can’t do this. Sign in with a browser.')
  return actor.session.id
}
