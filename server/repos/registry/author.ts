import type { Author } from '../../access/author.ts'
import type { GitHost } from '../../git/host.ts'
import type { Author as CommitAuthor } from '../../git/objects/commits.ts'
import type { Links } from '../../mail/links.ts'

/** What makes commits: git, and the addresses of their authors. */
export interface Committing {
  git: GitHost
  links: Links
}

/** Who a commit made through the hub is by. */
export function authorOf(author: Author, links: Links): CommitAuthor {
  return authorNamed(links, author.actor?.name ?? 'system')
}

/** An account as the author of a commit: nobody's address is told, so it is one that receives no mail. */
export function authorNamed(links: Links, name: string): CommitAuthor {
  return { name, email: name + addressOf(links) }
}

/** The account that made a commit through the hub, by the address that {@link authorOf} gave it. */
export function accountOf(links: Links, email: string): string | undefined {
  const ending = addressOf(links)
  const name = email.endsWith(ending) ? email.slice(0, -ending.length) : ''
  // A pusher can write anything, and this becomes part of an address
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,95}$/.test(name) ? name : undefined
}

function addressOf({ publicUrl }: Links): string {
  return `@users.noreply.${new URL(publicUrl).hostname}`
}
