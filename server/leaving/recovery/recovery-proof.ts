import type { InstanceKey } from '../../kernel/secret.ts'
import type { Dns } from '../../orgs/dns.ts'
import type { RecoveryRequestRow } from './request-store.ts'

/** What a look into the DNS found; not answered: no one knows. */
export interface Look {
  isAnswered: boolean
  found: boolean
  problem: string | null
}

/** What signs the record that proves a recovery request, and what asks the DNS for it. */
export interface Prover {
  key: InstanceKey
  dns: Dns
}

type Bound = Pick<RecoveryRequestRow, 'id' | 'org_id' | 'person_id' | 'domain'>

/** The record that proves a recovery request: bound to it, to its organization and to its person, under the key of the hub. */
export function recordOf(key: InstanceKey, recoveryRequest: Bound): { name: string; type: 'TXT'; value: string } {
  const bound = `${recoveryRequest.id} ${recoveryRequest.org_id} ${recoveryRequest.person_id} ${recoveryRequest.domain}`
  const token = key.sign('recovery proof', bound)
  return { name: `_guildhall-recovery.${recoveryRequest.domain}`, type: 'TXT', value: `guildhall-recovery=${token}` }
}

/** Looks the record of a recovery request up. */
export async function lookUp({ key, dns }: Prover, recoveryRequest: Bound): Promise<Look> {
  const { name, value } = recordOf(key, recoveryRequest)
  try {
    const values = await dns.txt(name)
    const found = values.some((text) => text.trim() === value)
    return { isAnswered: true, found, problem: found ? null : problemOf(name, values.length) }
  } catch {
    return {
      isAnswered: false,
      found: false,
      problem: `No DNS server answered for ${name}. Guildhall will check again.`,
    }
  }
}

function problemOf(name: string, count: number): string {
  if (count === 0) return `No TXT record at ${name}.`
  return `${name} has ${count === 1 ? 'another TXT record' : `${count} other TXT records`}, but not this one.`
}
