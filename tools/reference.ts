import { STATUS_CODES } from 'node:http'
import * as api from '../api/index.ts'
import { allOperations } from '../api/operations.ts'
import { settingFlag } from '../cli/setting-flags.ts'
import { planFeatures } from '../server/access/ladder.ts'
import { type PolicyRow, policy, takesVerified } from '../server/access/policy.ts'
import { requirements } from '../server/access/requirements.ts'
import { rowOf } from '../server/access/settings.ts'
import { settings } from '../server/config.ts'
import { openApiDocument } from '../server/http/openapi.ts'
import { mostAskedADay } from '../server/joining/requests/asking.ts'
import { type ErrorCode, errorStatus } from '../server/kernel/errors.ts'
import {
  limitByOne,
  limitToOne,
  type MailKind,
  mailKinds,
  mailsByOne,
  mailsOfOrganization,
} from '../server/mail/limits.ts'
import { attemptLimits, codeAfterPassword } from '../server/users/guessing/attempts.ts'
import { architectureFile } from './architecture.ts'
import { commandsPage } from './commands.ts'
import { errorWords } from './error-words.ts'
import type { Generated } from './files.ts'
import { page, table } from './markdown.ts'

const policyRows: [string, PolicyRow][] = Object.entries(policy)

/** The pages of the reference that follow from the source alone. */
export function referenceFiles(): Generated[] {
  const pages = {
    settings: settingsPage,
    'organization-settings': organizationSettingsPage,
    errors: errorsPage,
    permissions: permissionsPage,
    plans: plansPage,
    limits: limitsPage,
    api: apiPage,
    commands: commandsPage,
  }
  const reference = Object.entries(pages).map(([name, make]) => ({
    file: `docs/reference/${name}.md`,
    content: make(),
  }))
  return [...reference, architectureFile()]
}

function settingsPage(): string {
  const rows = settings.map(({ name, fallback, meaning }) => [`\`${name}\``, fallback && `\`${fallback}\``, meaning])
  return page('Settings', [
    'Set these environment variables for `guildhall serve` or `npm start`. All of them are optional.',
    table(['Setting', 'Default', 'Description'], rows),
  ])
}

function organizationSettingsPage(): string {
  const rows = api.settingNames.map((name) => {
    const { event, plan, relaxing } = rowOf(name)
    return [
      `\`${name}\``,
      api
        .settingChoices(name)
        ?.map((choice) => `\`${choice}\``)
        .join(', ') ?? valuesInWords(name),
      api.settingMeaning(name),
      `\`${settingFlag(name)}\``,
      plan ? planFeatures[plan.feature] : '',
      relaxing ? 'yes' : '',
      `\`${event}\``,
    ]
  })
  return page('Organization settings', [
    'Admins change these settings on the **Account and domains** and **Security** pages of an organization, with `PATCH /api/organizations/{org}/settings`, or with `guildhall org settings`. If a setting names a plan, you need that plan or a higher one to turn it on.',
    'An admin on probation after a recovery cannot make a change that is marked with “yes” under **Blocked on probation** until the probation ends. If you change several settings with different events together, they are recorded as one `org.update_settings` event.',
    table(['Setting', 'Values', 'Description', 'Command-line option', 'Plan', 'Blocked on probation', 'Event'], rows),
  ])
}

function valuesInWords(name: api.SettingName): string {
  if (api.isListSetting(name)) return 'a list of networks'
  return api.isNumberSetting(name) ? 'a number or `null`' : 'a time or `null`'
}

function errorsPage(): string {
  const rows = Object.entries(errorStatus).map(([code, status]) => {
    const { meaning, remedy } = errorWords[code as ErrorCode]
    return [`\`${code}\``, `${status} ${STATUS_CODES[status]}`, meaning, remedy]
  })
  return page('Errors', [
    'Every error has a JSON body. Its `error` field says what went wrong and what to do. For a `400`, `fields` lists each invalid field.',
    table(
      ['Header', 'Contains'],
      [
        ['`X-Error-Code`', 'The code, for routes whose clients read it'],
        ['`X-Error-Message`', 'The same sentence as `error`'],
        ['`X-Request-Id`', 'The ID of the request in the logs. Include it when you contact a site admin.'],
      ],
    ),
    '## Codes',
    table(['Code', 'Status', 'Meaning', 'What to do'], rows),
    '## OAuth',
    '`POST /oauth/device` and `POST /oauth/token` answer as RFC 6749 and RFC 8628 say: `error` has one of these codes, and `error_description` has the sentence. The status is `400`, `429` if a rate limit is reached, or `5xx`.',
    table(
      ['`error`', 'Meaning'],
      Object.entries(api.oauth.oauthErrors).map(([code, meaning]) => [`\`${code}\``, meaning]),
    ),
  ])
}

function permissionsPage(): string {
  const rows = policyRows.map(([action, row]) => [
    `\`${action}\``,
    scopeWords[row.on],
    requirements[row.requires].words,
    row.requires === 'anyone' ? anyoneWords[row.credential] : callerWords[row.credential],
    takesVerified(row) ? 'yes' : '',
    row.recent ? 'yes' : '',
    row.permission ? `\`${row.permission}\`` : '',
    row.plan ? planFeatures[row.plan] : '',
  ])
  return page('Permissions', [
    'This table lists every action and what it requires. Admins of an organization have the admin role in all its resource groups.',
    '- **Token permission**: a fine-grained token needs this permission. If none is listed, the token cannot do the action.\n- **Plan**: the organization needs this plan or a higher one.\n- **Verified address**: you need an account with a verified email address. Otherwise, the answer is `403` with the code `EmailNotVerified`.\n- **Recent sign-in**: you must have signed in within the last ten minutes, or confirmed it with `POST /api/settings/sessions/confirm`. Otherwise, the answer is `403` with the code `RecentSignInRequired`.',
    table(
      ['Action', 'Applies to', 'Requires', 'Sign-in', 'Verified address', 'Recent sign-in', 'Token permission', 'Plan'],
      rows,
    ),
  ])
}

const scopeWords: Record<PolicyRow['on'], string> = {
  instance: 'the instance or your account',
  org: 'an organization',
  deletedOrg: 'a deleted organization',
  group: 'a resource group',
  repo: 'a repository',
  namespace: 'an owner of new repositories',
}

const callerWords: Record<PolicyRow['credential'], string> = {
  read: 'any token or a browser session',
  write: 'a write token or a browser session',
  session: 'a browser session',
}

const anyoneWords: Record<PolicyRow['credential'], string> = {
  read: 'not required',
  write: 'not required; a token must have write',
  session: 'not required; tokens are refused',
}

function plansPage(): string {
  const rows = Object.entries(planFeatures).map(([feature, plan]) => {
    const actions = policyRows.filter(([, row]) => row.plan === feature).map(([action]) => `\`${action}\``)
    return [
      feature,
      ...api.plans.map((each) => (api.plans.indexOf(each) >= api.plans.indexOf(plan) ? 'yes' : '—')),
      actions.join(' '),
    ]
  })
  return page('Plans', [
    'A site admin sets the plan of each organization. Guildhall takes no payments. If a plan does not include a feature, the answer is `402`.',
    table(['Feature', ...api.plans, 'Actions'], rows),
  ])
}

function limitsPage(): string {
  const attempts = [...Object.values(attemptLimits), ...codeAfterPassword]
  const perKind = (Object.keys(mailKinds) as MailKind[]).map((kind) => {
    const byOne = limitByOne(kind)
    return [capital(mailKinds[kind].words), span(limitToOne(kind)), byOne ? span(byOne) : '']
  })
  return page('Rate limits', [
    'These limits stop guessing and floods of email. Other limits are in the [guide](../guides/limits.md).',
    '## Attempts',
    'More attempts answer `429` with a `Retry-After` header. Nothing is changed. Windows begin at full quarters, hours, and days (UTC).',
    table(
      ['Limit', 'Value'],
      attempts.map((limit) => [limit.words, span(limit)]),
    ),
    '## Emails',
    `One account can cause ${span(mailsByOne, 'emails')}, not counting bulk changes. An organization can cause ${span(mailsOfOrganization, 'emails')}, including bulk changes. More requests answer \`429\`, and nothing is changed. A person can request to join the same organization ${mostAskedADay} times in a day, including requests that they withdraw.`,
    'Emails to one address are limited by type. Further emails are left out, and no response says so, because that would reveal what others sent there. The change itself is made.',
    table(['Emails', 'To one address', 'Caused by one account'], perKind),
  ])
}

function span({ most, windowSeconds }: { most: number; windowSeconds: number }, of = ''): string {
  const spans: Record<number, string> = { 900: '15 minutes', 3600: 'an hour', 86400: 'a day' }
  return `${most.toLocaleString('en')}${of && ` ${of}`} in ${spans[windowSeconds] ?? `${windowSeconds} seconds`}`
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}

interface Described {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[]
  requestBody?: { content: Record<string, { schema: JsonSchema }> }
}

interface JsonSchema {
  type?: string
  description?: string
  enum?: unknown[]
  const?: unknown
  items?: JsonSchema
  anyOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  default?: unknown
  minimum?: number
  maximum?: number
}

function apiPage(): string {
  const document = openApiDocument(allOperations(), { publicUrl: '', version: '' })
  const operations = Object.entries(document.paths as Record<string, Record<string, Described>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, described]) => ({
        title: `${method.toUpperCase()} ${path}`,
        ...described,
      })),
  )
  const tags = [...new Set(operations.flatMap(({ tags }) => tags))]
  return page('API', [
    'Send your access token as `Authorization: Bearer …`. Lists are paginated: the `Link` header contains the address of the next page. For an OpenAPI document, get `/.well-known/openapi.json` from your instance.',
    ...tags.flatMap((tag) => [`## ${tag}`, ...operations.filter(({ tags }) => tags.includes(tag)).map(describe)]),
  ])
}

function describe({ title, summary, description, parameters, requestBody }: Described & { title: string }): string {
  const [body] = Object.values(requestBody?.content ?? {}).map(({ schema }) => schema)
  const fields = [
    ...parameters.map(({ name, in: where, required, ...rest }) => [
      name,
      where,
      required ? 'yes' : '',
      words(rest.schema),
      rest.description ?? '',
    ]),
    ...Object.entries(body?.properties ?? {}).map(([name, schema]) => [
      name,
      'body',
      body?.required?.includes(name) ? 'yes' : '',
      words(schema),
      schema.description ?? '',
    ]),
  ].map(([name, ...rest]) => [`\`${name}\``, ...rest])
  const parts = [`### \`${title}\``, summary, description]
  if (fields.length > 0) parts.push(table(['Field', 'In', 'Required', 'Type', 'Description'], fields))
  return parts.join('\n\n')
}

function words(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.anyOf) return [...new Set(schema.anyOf.map(words))].join(' or ')
  if (schema.type === 'array') return `list of ${schema.items ? words(schema.items) : 'anything'}`
  const fallback = schema.default === undefined ? '' : ` (default: \`${JSON.stringify(schema.default)}\`)`
  return `${schema.type ?? 'anything'}${rangeOf(schema)}${fallback}`
}

// A range that is as wide as the numbers themselves says nothing.
function rangeOf({ type, minimum, maximum }: JsonSchema): string {
  if (type !== 'integer' || maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER) return ''
  return minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER
    ? ` up to ${maximum}`
    : ` from ${minimum} to ${maximum}`
}
