import { Resolver } from 'node:dns/promises'
import type { Dns } from '../access/permit.ts'

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
      try {
        return (await resolver.resolveTxt(name)).map((pieces) => pieces.join(''))
      } catch (error) {
        if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return []
        throw error
      }
    },
  }
}
