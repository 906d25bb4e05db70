import { z } from 'zod'
import { operation } from './operation.ts'
import { OrgRole, orgParams, Time } from './shapes.ts'
import { returnTo } from './sso.ts'

const tag = 'Single sign-on'

/** Why someone keeps an account of their own when an organization is converted. */
const KeptReason = z.enum([
  'external',
  'break_glass',
  'operator',
  'other_organization',
  'repositories',
  'collaborator',
  'address',
])
export type KeptReason = z.infer<typeof KeptReason>

const Outcome = z
  .enum(['managed', 'already_managed', 'own', 'released', 'ending'])
  .describe(
    '`managed`: the organization takes over the account. `own`: the person keeps it. `released`: the account becomes the person’s own. `ending`: it is deleted soon anyway.',
  )

const ConvertedPerson = z.object({
  user: z.string(),
  fullname: z.string(),
  email: z.string().nullable().describe('Shown if it is in a verified domain of the organization.'),
  role: OrgRole.nullable().describe('Null if they are not a member now.'),
  outcome: Outcome,
  reason: KeptReason.nullable(),
})
export type ConvertedPerson = z.infer<typeof ConvertedPerson>

const path = '/api/organizations/:org/settings/sso/managed'

export const getManagedSso = operation({
  method: 'get',
  path,
  action: 'sso.viewManaged',
  tag,
  summary: 'Get whether the organization uses Managed SSO, and what is missing before it can.',
  params: orgParams,
  reply: z.object({
    managed: z.boolean(),
    since: Time.nullable(),
    accounts: z.number().int().describe('Accounts that the organization owns.'),
    domains: z.array(z.string()).describe('Verified domains: addresses of managed accounts are in one of them.'),
    missing: z.array(z.string()).describe('What you have to do before you can convert. Empty if nothing.'),
  }),
})

/** How many people one answer names. */
const mostNamed = 1000

export const convertSso = operation({
  method: 'post',
  path,
  action: 'sso.convert',
  tag,
  summary: 'Convert the organization to Managed SSO, or back to Basic SSO. First as a preview of what happens to whom.',
  details:
    'First `mode: plan`, then `mode: apply` with the `planHash` of that plan. Convert again to take over accounts that were not ready the first time.',
  params: orgParams,
  body: z.strictObject({
    mode: z.enum(['plan', 'apply']).describe('`plan` is a preview: it changes nothing.'),
    managed: z.boolean().describe('True: Managed SSO. False: back to Basic SSO.'),
    planHash: z.string().max(100).optional().describe('Required to apply: the hash of the plan that you saw.'),
  }),
  reply: z.object({
    managed: z.boolean(),
    applied: z.boolean(),
    planHash: z.string(),
    counts: z.object({
      managed: z.number().int(),
      already_managed: z.number().int(),
      own: z.number().int(),
      released: z.number().int(),
      ending: z.number().int(),
    }),
    people: z
      .array(ConvertedPerson)
      .max(mostNamed)
      .describe(`At most ${mostNamed}, those who keep their account first.`),
  }),
})

const doors = '/api/organizations/:org/sso/managed'
export const beginManagedSignIn = operation({
  method: 'post',
  path: `${doors}/sign-in`,
  action: 'sso.enter',
  tag,
  summary: 'Start to sign in to a managed account, with the identity provider of its organization.',
  params: orgParams,
  body: z.strictObject({
    returnTo,
    again: z
      .boolean()
      .optional()
      .describe('`true`: the identity provider has the person sign in again, as what requires a recent sign-in needs.'),
  }),
  bodyOptional: true,
  reply: z.object({
    location: z.string().describe('Where to send the browser.'),
    browser: z.string().describe('To be kept in this browser, and sent to complete the sign-in.'),
  }),
  secret: true,
})

export const completeManagedSignIn = operation({
  method: 'post',
  path: `${doors}/complete`,
  action: 'sso.enter',
  tag,
  summary:
    'Sign in to a managed account with what the identity provider sent. Creates the account at the first sign-in.',
  params: orgParams,
  body: z.strictObject({
    query: z.string().max(8000).describe('The query string of the redirect URI.'),
    browser: z.string().max(100),
  }),
  reply: z.object({ outcome: z.enum(['signed_in', 'joined']), returnTo: z.string(), role: OrgRole }),
  kind: 'session',
})
