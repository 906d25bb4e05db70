import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { download, downloadTo } from './download.ts'
import { exitCodes, UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action, printable, table } from './output.ts'
import { everyPage } from './pages.ts'

/** `guildhall access explain | who-can | repositories`: why a person or token has access, who has it, and to what. */
export function addAccess(program: Command): void {
  const access = program.command('access').description('See who has access, and why.')
  addExplain(access)
  addWhoCan(access)
  addRepositories(access)
}

interface ExplainOptions {
  org: string
  action: string
  user?: string
  token?: string
  repo?: string
  group?: string
  member?: string
}

function addExplain(access: Command): void {
  access
    .command('explain')
    .description('Explain why a person or token can or cannot do something. If access is refused, the exit code is 1.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--action <action>', 'action from the permissions reference, for example repo.write')
    .option('--user <name>', 'person')
    .option('--token <id>', 'ID of an access token, instead of a person')
    .option('--repo <repository>', 'repository: acme/whisper, or datasets/acme/voices')
    .option('--group <group>', 'resource group, by name or ID')
    .option('--member <name>', 'the member, for actions such as member.remove')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall access explain --org acme --user kim --repo acme/whisper --action repo.write
  $ guildhall access explain --org acme --user kim --action member.remove --member mei --json`,
    )
    .action(
      action<ExplainOptions>(async ({ org, ...query }, out) => {
        if ((query.user === undefined) === (query.token === undefined))
          throw new UsageError('Give either --user or --token.')
        const reply = await withHub(({ client }) => client.call(api.access.explainAccess, { params: { org }, query }))
        out.result(reply, explanationInWords(reply))
        if (!reply.allowed) process.exitCode = exitCodes.failed
      }),
    )
}

function explanationInWords(reply: api.access.Explanation): string {
  const { user, token, action: asked, target, allowed, sentence, grounds, changes } = reply
  const who = token === null ? user.user : `Token ${token.id} of ${user.user}`
  const head = `${who}: ${allowed ? 'allowed' : 'refused'} ${asked} on ${target.name}.`
  const paths = grounds.map(({ sentence: how, ...ground }) =>
    [`\n  ${user.user}`, `  -> ${how}${momentsOf(ground)}`, `  -> ${target.name}`].join('\n'),
  )
  const why = allowed ? paths : [sentence]
  const title = allowed ? 'To remove this access:' : 'To give access:'
  const mends = changes.length === 0 ? [] : [`\n${title}`, ...changes.map((change) => `  - ${change}`)]
  return [head, ...why, ...mends].flatMap((part) => part.split('\n').map(printable)).join('\n')
}

function momentsOf({ since, until }: Pick<api.access.Ground, 'since' | 'until'>): string {
  const parts = [since && `since ${since}`, until && `until ${until}`].filter(Boolean)
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`
}

interface WhoCanOptions {
  org: string
  repo: string
  action: string
  search?: string
  csv?: boolean
  output?: string
}

function addWhoCan(access: Command): void {
  access
    .command('who-can')
    .description(
      'List the people who can do something with a repository, and how they got access. For admins of the organization or the resource group.',
    )
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--repo <repository>', 'repository: acme/whisper, or datasets/acme/voices')
    .option('--action <action>', 'action from the permissions reference', 'repo.read')
    .option('--search <words>', 'part of the username or full name')
    .option('--csv', 'write CSV, one line for each path of each person')
    .option('--output <file>', 'file to write the CSV to (default: standard output)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall access who-can --org acme --repo acme/whisper --action repo.write
  $ guildhall access who-can --org acme --repo datasets/acme/voices --output voices.csv`,
    )
    .action(
      action<WhoCanOptions>(async ({ org, repo, csv, output, search, ...asked }, out) => {
        if ((csv || output !== undefined) && search !== undefined)
          throw new UsageError('The CSV file contains everyone. Remove --search.')
        const path = `${api.access.exportWhoCan.path.replace(':org', encodeURIComponent(org))}?${new URLSearchParams({ repo, action: asked.action })}`
        if (output !== undefined) {
          const bytes = await withHub(({ client }) => downloadTo(client, path, output))
          return out.result({ file: output, bytes }, `${output}: ${bytes} bytes.`)
        }
        if (csv) return void (await withHub(({ client }) => download(client, path)))
        const reply = await withHub(({ client }) => everyone(client, org, { repo, action: asked.action, search }))
        out.result(reply, holdersInWords(reply))
      }),
    )
}

interface Asked {
  repo: string
  action: string
  search: string | undefined
}

async function everyone(client: api.Client, org: string, asked: Asked): Promise<api.access.WhoCan> {
  const ask = (cursor?: string) =>
    client.call(api.access.whoCan, { params: { org }, query: { ...asked, cursor, limit: 200 } })
  const first = await ask()
  const people = [...first.people]
  for (let { next } = first; next !== null; ) {
    const page = await ask(next)
    people.push(...page.people)
    next = page.next
  }
  return { ...first, people, next: null }
}

function holdersInWords({ people, anonymous, organizations, ...counts }: api.access.WhoCan): string {
  const { tokens, serviceTokens, siteAdmins } = counts
  const own = (serviceTokens ?? []).map(({ account, name, grounds }) => ({ user: `${account} (${name})`, grounds }))
  const rows = [...people, ...own].flatMap(({ user, grounds }) =>
    grounds.map(({ role, sentence, since, until }) => [user, role ?? '', sentence, since ?? '', until ?? '']),
  )
  const others = [
    `${anonymous ? 'Anyone' : 'No one'} without signing in`,
    ...organizations.map((name) => `members of ${name}, who aren’t listed`),
    `${tokens ?? 0} trusted access tokens`,
    `${siteAdmins} site admins`,
  ]
  return `${table(['USER', 'ROLE', 'HOW', 'SINCE', 'UNTIL'], rows, 'No people.')}\n\nAlso: ${others.join(', ')}.`
}

interface RepositoriesOptions {
  org: string
  user: string
  group?: string
}

function addRepositories(access: Command): void {
  access
    .command('repositories')
    .description('List the repositories that a person can access, and how they got access.')
    .requiredOption('--org <name>', 'organization')
    .requiredOption('--user <name>', 'person')
    .option('--group <group>', 'only repositories of this resource group, by name or ID')
    .addHelpText(
      'after',
      `
Admins of the organization can ask about anyone, group admins about the repositories of their group (name it with --group),
and everyone about themselves.

Example:
  $ guildhall access repositories --org acme --user kim --group speech`,
    )
    .action(
      action<RepositoriesOptions>(async ({ org, ...query }, out) => {
        const rows = await withHub(({ client }) => listReach(client, org, query))
        out.result(rows, reachInWords(rows))
      }),
    )
}

async function listReach(client: api.Client, org: string, query: Omit<RepositoriesOptions, 'org'>) {
  const first = await client.answer(api.access.listReach, { params: { org }, query: { ...query, limit: 200 } })
  return everyPage(client, api.access.listReach, first)
}

function reachInWords(rows: readonly api.access.ReachedRepository[]): string {
  const cells = rows.map(({ type, name, can, role, grounds }) => {
    return [`${type} ${name}`, role ?? 'public', can.join(', '), grounds[0]?.sentence ?? '']
  })
  return table(['REPOSITORY', 'ROLE', 'CAN', 'HOW'], cells, 'No repositories.')
}
