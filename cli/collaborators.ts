import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { momentOf } from './moments.ts'
import { action, table } from './output.ts'
import { type RepoOptions, repoOptions, repoParamsOf } from './repo-options.ts'

interface PersonOptions extends RepoOptions {
  user: string
}

interface SetOptions extends PersonOptions {
  role: api.collaborators.CollaboratorRole
  expires?: string
}

/** `guildhall collaborators list | set | remove`: people with a grant on one repository. */
export function addCollaborators(program: Command): void {
  const collaborators = program.command('collaborators').description('Collaborators of a repository.')
  addList(collaborators)
  addSet(collaborators)
  addRemove(collaborators)
}

function addList(collaborators: Command): void {
  repoOptions(collaborators.command('list').description('List the collaborators of a repository.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall collaborators list --repo acme/whisper')
    .action(
      action<RepoOptions>(async (options, out) => {
        const rows = await withHub(async ({ client }) => listAll(client, repoParamsOf(options)))
        out.result(rows, table(['USER', 'ROLE', 'UNTIL', 'MEMBER'], rows.map(cells), 'No collaborators.'))
      }),
    )
}

async function listAll(client: api.Client, params: RepoParams): Promise<api.collaborators.Collaborator[]> {
  const rows: api.collaborators.Collaborator[] = []
  let page = await client.answer(api.collaborators.listCollaborators, { params, query: { limit: 1000 } })
  for (;;) {
    rows.push(...page.data)
    if (page.next === undefined) return rows
    page = await client.follow(api.collaborators.listCollaborators, page.next)
  }
}

function cells({ user, role, expiresAt, isMember }: api.collaborators.Collaborator): string[] {
  return [user, role, expiresAt ?? 'no end date', isMember ? 'yes' : 'no']
}

function addSet(collaborators: Command): void {
  personOptions(collaborators.command('set').description('Give a person read or write access to a repository.'))
    .addOption(
      new Option('--role <role>', 'access').choices(api.collaborators.CollaboratorRole.options).makeOptionMandatory(),
    )
    .option('--expires <when>', 'expiration: a date, a duration such as 90d, or “never” (default: unchanged)')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall collaborators set --repo acme/whisper --user kim --role read --expires 90d
  $ guildhall collaborators set --repo acme/voices --type dataset --user kim --role write`,
    )
    .action(
      action<SetOptions>(async ({ role, expires, ...options }, out) => {
        const body = { role, expiresAt: endOf(expires) }
        const reply = await withHub(({ client }) =>
          client.call(api.collaborators.setCollaborator, { params: personParams(options), body }),
        )
        const until = reply.expiresAt === null ? '' : ` until ${reply.expiresAt}`
        out.result(reply, `${reply.user} now has ${role} access to ${options.repo}${until}.`)
      }),
    )
}

function endOf(expires: string | undefined): string | null | undefined {
  if (expires === undefined || expires === 'never') return expires && null
  return momentOf('--expires', expires)
}

function addRemove(collaborators: Command): void {
  personOptions(collaborators.command('remove').description('Remove a person’s collaborator access, or your own.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall collaborators remove --repo acme/whisper --user kim')
    .action(
      action<PersonOptions>(async (options, out) => {
        const reply = await withHub(({ client }) =>
          client.call(api.collaborators.removeCollaborator, { params: personParams(options) }),
        )
        out.result(reply, `${options.user} is no longer a collaborator on ${options.repo}.`)
      }),
    )
}

function personOptions(command: Command): Command {
  return repoOptions(command).requiredOption('--user <username>', 'who')
}

type RepoParams = ReturnType<typeof repoParamsOf>

function personParams(options: PersonOptions): RepoParams & { username: string } {
  return { ...repoParamsOf(options), username: options.user }
}
