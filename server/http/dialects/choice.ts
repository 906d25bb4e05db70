import type { DialectName } from '../../../api/operation.ts'
import { cas } from './cas.ts'
import type { Dialect } from './dialect.ts'
import { git } from './git.ts'
import { hub } from './hub.ts'
import { json } from './json.ts'
import { lfs } from './lfs.ts'
import { data, lfsLink, link } from './link.ts'
import { oauth, open } from './oauth.ts'
import { scim } from './scim.ts'
import { sso } from './sso.ts'

const dialects: Record<DialectName, Dialect> = {
  ...{ json, hub, git, lfs, link, 'lfs-link': lfsLink, cas, data, open, oauth, scim, sso },
}

/** The dialect that an operation is declared in. */
export function dialectOf({ dialect = 'json' }: { dialect?: DialectName }): Dialect {
  return dialects[dialect]
}

/** The dialect of the client that asks for an address, also where no operation has it; the query is not looked at. */
export function dialectAt(url: string): Dialect {
  const path = url.replace(/\?.*/, '')
  return Object.values(dialects).find(({ addresses }) => addresses?.test(path)) ?? json
}
