import { type GroupRole, matchingRows, type OrgRole, valuesAt } from '../../../api/index.ts'
import { higherRole, highestRole } from '../../access/escalation.ts'
import type { Identity } from './identity.ts'

/** Where an organization finds what in an answer, and what it makes of it. */
export interface MappingRules {
  emailPath: string | null
  emailDomains: readonly string[]
  rolePath: string | null
  roleMapping: readonly { value: string; role: OrgRole }[]
  groupPath: string | null
  groupMapping: readonly { value: string; groupId: string; role: GroupRole }[]
}

/** A group role that follows from a mapping. */
export interface MappedGroup {
  groupId: string
  role: GroupRole
}

// OpenID Connect, then what SAML providers are set up to send
const namePaths = ['name', 'displayName', 'http://schemas.microsoft.com/identity/claims/displayname', 'cn']
const longestName = 100

/** What the person is called, where the identity provider says so. */
export function nameIn({ attributes }: Identity): string {
  const [name = ''] = namePaths.flatMap((path) => valuesAt(attributes, path))
  return [...name.replace(/\p{Cc}/gu, '').trim()].slice(0, longestName).join('')
}

/** The role that an answer maps to, the highest of several; undefined where none does, or no mapping is set. */
export function mappedRole({ attributes }: Identity, { rolePath, roleMapping }: MappingRules): OrgRole | undefined {
  if (rolePath === null) return undefined
  const matching = matchingRows(attributes, rolePath, roleMapping).map(({ role }) => role)
  return matching.length === 0 ? undefined : matching.reduce(higherRole)
}

/** The group roles that an answer maps to, the highest in each group; undefined where no mapping is set. */
export function mappedGroups(
  { attributes }: Identity,
  { groupPath, groupMapping }: MappingRules,
): MappedGroup[] | undefined {
  if (groupPath === null) return undefined
  const matching = matchingRows(attributes, groupPath, groupMapping)
  return [...Map.groupBy(matching, ({ groupId }) => groupId)].flatMap(([groupId, rows]) => {
    const role = highestRole(rows.map((row) => row.role))
    return role === undefined ? [] : [{ groupId, role }]
  })
}

/** The email address of an answer, and why an organization does not take it. */
export interface JudgedAddress {
  email: string | undefined
  problem: string | undefined
}

// Only ASCII: a look-alike letter must not become the address of another person.
const plainAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/

/**
 * The email address of an answer, in small letters, and why an organization does not take it. It is where the organization
 * says, or else what the subject is, or `email`, or `mail`.
 */
export function judgeAddress(identity: Identity, rules: MappingRules): JudgedAddress {
  const { attributes } = identity
  const places = rules.emailPath === null ? ['email', 'mail'] : [rules.emailPath]
  const found = places.flatMap((path) => valuesAt(attributes, path))
  const [given] = rules.emailPath === null && identity.email !== undefined ? [identity.email] : found
  if (given === undefined) return refused(undefined, noAddress(rules.emailPath))
  if (!plainAddress.test(given))
    return refused(undefined, `The identity provider sent “${given.slice(0, 100)}”, which is not an email address.`)
  const email = given.toLowerCase()
  const domain = email.slice(email.indexOf('@') + 1)
  const [isVerified] = valuesAt(attributes, 'email_verified')
  if (isVerified === 'false') return refused(email, `The identity provider says that ${email} is not verified.`)
  if (rules.emailDomains.length > 0 && !rules.emailDomains.includes(domain))
    return refused(email, `${email} is not in a matching email domain of the organization.`)
  if (rules.emailDomains.length === 0 && isVerified !== 'true')
    return refused(
      email,
      `The identity provider doesn’t say that ${email} is verified. An admin must set matching email domains.`,
    )
  return { email, problem: undefined }
}

function refused(email: string | undefined, problem: string): JudgedAddress {
  return { email, problem }
}

function noAddress(path: string | null): string {
  const where = path === null ? '' : ` in ${path}`
  return `The identity provider sent no email address${where}. An admin must set where it is.`
}
