import { readFile } from 'node:fs/promises'
import { isIPv6 } from 'node:net'
import { Reader, type Response } from 'mmdb-lib'
import { log } from '../kernel/log.ts'

/** Tells the country of an address. */
export interface Countries {
  /** Its two letters, by ISO 3166-1; empty where it is not known. */
  of(address: string): string
}

/** A database of countries that can't be used; the message is one sentence for the person who set it. */
export class CountriesRefused extends Error {}

// An address of each kind, to see that the file is whole
const probes = ['1.1.1.1', '193.0.0.1', '2001:db8::1', '2a00::1']

/** Opens a database of countries in the MaxMind DB format; without a path, there is none. Throws {@link CountriesRefused}. */
export async function openCountries(path: string): Promise<Countries | undefined> {
  if (path === '') return undefined
  const reader = await readerOf(path)
  const { databaseType, buildEpoch } = reader.metadata
  log.info({ path, type: databaseType, built: buildEpoch }, 'reading countries of addresses')
  return { of: (address) => countryOf(reader, address) }
}

async function readerOf(path: string): Promise<Reader<Response>> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw refusal(path, `can’t be read (${error.code})`)
  })
  try {
    const reader = new Reader<Response>(bytes)
    for (const address of probes) lookUp(reader, address)
    return reader
  } catch {
    throw refusal(path, 'is not a whole database of countries')
  }
}

function refusal(path: string, problem: string): CountriesRefused {
  return new CountriesRefused(
    `GUILDHALL_COUNTRY_DATABASE is “${path}”, which ${problem}. It must be a file in the MaxMind DB format (.mmdb), such as GeoLite2-Country.`,
  )
}

function countryOf(reader: Reader<Response>, address: string): string {
  try {
    return lookUp(reader, address)
  } catch (error) {
    log.error({ err: error }, 'could not look up the country of an address')
    return ''
  }
}

// In a file about IPv4 alone, the first bits of other addresses would be taken for one
function lookUp(reader: Reader<Response>, address: string): string {
  if (address === '' || (reader.metadata.ipVersion === 4 && isIPv6(address))) return ''
  return codeIn(reader.get(address))
}

// MaxMind and DB-IP have `country.iso_code`; IPinfo has `country_code`, or `country`.
function codeIn(found: unknown): string {
  const { country, country_code: flat } = (found ?? {}) as { country?: unknown; country_code?: unknown }
  const code =
    flat ?? (typeof country === 'object' && country !== null && 'iso_code' in country ? country.iso_code : country)
  return typeof code === 'string' && /^[A-Z]{2}$/.test(code) ? code : ''
}
