import type { AnyPermit, Hub } from '../access/permit.ts'
import type { Author } from '../git/commits.ts'

/** Who a commit made through the hub is by. */
export function authorOf(permit: AnyPermit): Author {
  return authorNamed(permit.hub, permit.actor?.name ?? 'system')
}

/** An account as the author of a commit: nobody's address is told, so it is one that receives no mail. */
export function authorNamed(hub: Hub, name: string): Author {
  return { name, email: name + addressOf(hub) }
}

/** The account that made a commit through the hub, by the address that {@link authorOf} gave it. */
export function accountOf(hub: Hub, email: string): string | undefined {
  const ending = addressOf(hub)
  const name = email.endsWith(ending) ? email.slice(0, -ending.length) : ''
  // Whoever pushes writes what they like, and this becomes part of an address
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(name) ? name : undefined
}

function addressOf({ publicUrl }: Hub): string {
  return `@users.noreply.${new URL(publicUrl).hostname}`
}
