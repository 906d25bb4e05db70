import { STATUS_CODES } from 'node:http'
import * as api from '../api/index.ts'
import { settingFlag } from '../cli/setting-flags.ts'
import { type PolicyRow, planFeatures, policy } from '../server/access/policy.ts'
import { requirements } from '../server/access/requirements.ts'
import { rowOf } from '../server/access/settings.ts'
import { settings } from '../server/config.ts'
import { openApiDocument } from '../server/http/openapi.ts'
import { errorStatus } from '../server/kernel/errors.ts'
import { architectureFile } from './architecture.ts'
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
    api: apiPage,
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
    'Set them in the environment of `guildhall serve` or `npm start`. None is needed.',
    table(['Setting', 'Unless set', 'What it does'], rows),
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
        .join(', ') ?? 'a time, or `null`',
      api.settingMeaning(name),
      `\`${settingFlag(name)}\``,
      plan ? planFeatures[plan] : '',
      relaxing ? 'yes' : '',
      `\`${event}\``,
    ]
  })
  return page('Organization settings', [
    'Change them on the pages Account and Security of an organization, with `PATCH /api/organizations/{org}/settings`, or with `guildhall org settings`. Only admins can. A setting with a plan needs that plan, or a higher one, to be turned on.',
    'An admin who is on probation after a recovery has to wait with changes that relax a setting. Several settings changed together are one event, `org.update_settings` unless their events are the same.',
    table(['Setting', 'Values', 'What it does', 'Option', 'Plan', 'Waits on probation', 'Event'], rows),
  ])
}

function errorsPage(): string {
  const rows = Object.entries(errorStatus).map(([code, status]) => [`\`${code}\``, `${status} ${STATUS_CODES[status]}`])
  return page('Errors', [
    'A refusal answers with JSON that holds `error`, a sentence that says what is wrong and what to do; `fields` names each wrong field of a `400`. The header `X-Error-Code` carries the code where clients act on it, `X-Error-Message` the sentence, and `X-Request-Id` the id that stands in the logs.',
    table(['Code', 'Status'], rows),
  ])
}

function permissionsPage(): string {
  const rows = policyRows.map(([action, row]) => [
    `\`${action}\``,
    scopeWords[row.on],
    requirements[row.requires].words,
    callerWords[row.credential],
    row.recent ? 'yes' : '',
    row.permission ? `\`${row.permission}\`` : '',
    row.plan ? planFeatures[row.plan] : '',
  ])
  return page('Permissions', [
    'Every action, what it is about, and what it requires. Admins of an organization have every right in its resource groups. A fine-grained token needs the permission that is named; where none is, it cannot do the action. Where an action has a plan, the organization needs that plan or a higher one. A recent sign-in is one within the last ten minutes, or its confirmation with `POST /api/settings/sessions/confirm`; what needs one answers `403` with the code `RecentSignInRequired` otherwise.',
    table(['Action', 'About', 'Requires', 'With', 'Recent sign-in', 'Token permission', 'Plan'], rows),
  ])
}

const scopeWords: Record<PolicyRow['on'], string> = {
  instance: 'this installation or oneself',
  org: 'an organization',
  deletedOrg: 'a deleted organization',
  group: 'a resource group',
  repo: 'a repository',
  namespace: 'a person or organization to create in',
}

const callerWords: Record<PolicyRow['credential'], string> = {
  read: 'any token, or signed in',
  write: 'a write token, or signed in',
  session: 'signed in',
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
    'An operator gives each organization its plan; nothing is billed. What a plan does not have answers `402`.',
    table(['Feature', ...api.plans, 'Actions'], rows),
  ])
}

/** Every operation that the API defines, by topic and name. */
export function allOperations(): api.Operation[] {
  return Object.values(api).flatMap((topic) =>
    typeof topic === 'object' && !Array.isArray(topic) ? operationsOf(topic) : [],
  )
}

function operationsOf(topic: object): api.Operation[] {
  return Object.values(topic).filter(isOperation)
}

function isOperation(value: unknown): value is api.Operation {
  return typeof value === 'object' && value !== null && 'method' in value && 'path' in value && 'action' in value
}

interface Described {
  operationId: string
  tags: string[]
  summary: string
  description: string
  parameters: { name: string; in: string; required: boolean; description?: string; schema: JsonSchema }[]
  requestBody?: { content: { 'application/json': { schema: JsonSchema } } }
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
    'The same as a document for programs is at `/.well-known/openapi.json` of every hub. Send a token as `Authorization: Bearer …`. Lists of pages carry the address of the next one in the `Link` header.',
    ...tags.flatMap((tag) => [`## ${tag}`, ...operations.filter(({ tags }) => tags.includes(tag)).map(describe)]),
  ])
}

function describe({ title, summary, description, parameters, requestBody }: Described & { title: string }): string {
  const body = requestBody?.content['application/json'].schema
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
  if (fields.length > 0) parts.push(table(['Field', 'In', 'Needed', 'Type', 'Meaning'], fields))
  return parts.join('\n\n')
}

function words(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => `\`${value}\``).join(', ')
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.anyOf) return [...new Set(schema.anyOf.map(words))].join(' or ')
  if (schema.type === 'array') return `list of ${schema.items ? words(schema.items) : 'anything'}`
  const fallback = schema.default === undefined ? '' : ` (\`${JSON.stringify(schema.default)}\` unless given)`
  return `${schema.type ?? 'anything'}${fallback}`
}
