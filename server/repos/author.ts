import type { AnyPermit } from '../access/authorize.ts'
import type { Author } from '../git/commits.ts'

/** Who a commit made through the hub is by: nobody's address is told, so it is one that receives no mail. */
export function authorOf(permit: AnyPermit): Author {
  const name = permit.actor?.name ?? 'system'
  return { name, email: `${name}@users.noreply.${new URL(permit.hub.publicUrl).hostname}` }
}
