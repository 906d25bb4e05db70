import { Resolver } from 'node:dns/promises'
import { notWhileHeld } from '../store/held.ts'

/** What the hub asks the DNS. */
export interface Dns {
  /** The TXT records of a name, each joined to one text; empty when there are none. Throws when no server answers. */
  txt(name: string): Promise<string[]>
}

const patienceMs = 3000
const tries = 2
/** What the DNS answers with when there is no such record; everything else is no answer. */
const absent = ['ENOTFOUND', 'ENODATA']

/** Asks the DNS servers given, such as `192.0.2.1:53`; without any those of the system. */
export function openDns(servers: readonly string[]): Dns {
  const resolver = new Resolver({ timeout: patienceMs, tries })
  if (servers.length > 0) resolver.setServers(servers)
  return {
    async txt(name) {
      notWhileHeld('a DNS lookup')
      try {
        return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
      } catch (error) {
        if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return []
        throw error
      }
    },
  }
}
