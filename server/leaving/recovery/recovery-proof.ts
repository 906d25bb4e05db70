import type { InstanceKey } from '../../kernel/secret.ts'
import type { Dns } from '../../orgs/dns.ts'
import type { PetitionRow } from './petition-store.ts'

/** What a look into the DNS found; not answered: nobody knows. */
export interface Look {
  isAnswered: boolean
  found: boolean
  problem: string | null
}

/** What signs the record that proves a petition, and what asks the DNS for it. */
export interface Prover {
  key: InstanceKey
  dns: Dns
}

type Bound = Pick<PetitionRow, 'id' | 'org_id' | 'person_id' | 'domain'>

/** The record that proves a petition: bound to it, to its organization and to its person, under the key of the hub. */
export function recordOf(key: InstanceKey, petition: Bound): { name: string; type: 'TXT'; value: string } {
  const bound = `${petition.id} ${petition.org_id} ${petition.person_id} ${petition.domain}`
  const token = key.sign('recovery proof', bound)
  return { name: `_guildhall-recovery.${petition.domain}`, type: 'TXT', value: `guildhall-recovery=${token}` }
}

/** Looks the record of a petition up. */
export async function lookUp({ key, dns }: Prover, petition: Bound): Promise<Look> {
  const { name, value } = recordOf(key, petition)
  try {
    const values = await dns.txt(name)
    const found = values.some((text) => text.trim() === value)
    return { isAnswered: true, found, problem: found ? null : problemOf(name, values.length) }
  } catch {
    return { isAnswered: false, found: false, problem: `The DNS did not answer for ${name}; it is asked again.` }
  }
}

function problemOf(name: string, count: number): string {
  if (count === 0) return `There is no TXT record at ${name}.`
  return `There ${count === 1 ? 'is another TXT record' : `are ${count} other TXT records`} at ${name}, but not this one.`
}
