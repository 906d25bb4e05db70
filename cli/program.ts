import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { addAccess } from './access.ts'
import { addAccessRequests } from './access-requests.ts'
import { addAudit } from './audit.ts'
import { addBilling } from './billing.ts'
import { addCollaborators } from './collaborators.ts'
import { addDoctor } from './doctor.ts'
import { addDomains } from './domains.ts'
import { packageRoot, variables } from './environment.ts'
import { addGroups } from './groups.ts'
import { addHealth } from './health.ts'
import { addInvitations } from './invitations.ts'
import { addInviteLinks } from './invite-links.ts'
import { addMembers } from './members.ts'
import { addMigrate } from './migrate.ts'
import { addOperator } from './operator.ts'
import { addOrg } from './org.ts'
import { addRecovery } from './recovery.ts'
import { addRepo } from './repo.ts'
import { addRequests } from './requests.ts'
import { addRotateKey } from './rotate-key.ts'
import { addScim } from './scim.ts'
import { addServe } from './serve.ts'
import { addServiceAccounts } from './service-accounts.ts'
import { addTokens } from './tokens.ts'
import { addUsers } from './users.ts'
import { addWhoami } from './whoami.ts'

const additions = [
  addServe,
  addMigrate,
  addDoctor,
  addHealth,
  addRotateKey,
  addOperator,
  addUsers,
  addTokens,
  addOrg,
  addMembers,
  addInvitations,
  addInviteLinks,
  addRequests,
  addDomains,
  addRecovery,
  addGroups,
  addCollaborators,
  addAccessRequests,
  addServiceAccounts,
  addScim,
  addAccess,
  addRepo,
  addBilling,
  addAudit,
  addWhoami,
]

/** The whole command line; with `json`, what it says of wrong options is left to the caller. */
export function makeProgram(json: boolean): Command {
  const program = new Command('guildhall')
    .description('Run Guildhall, and manage its people, organizations, roles, and resource groups.')
    .version((JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version)
    .option('--json', 'write JSON: the result to standard output, errors to standard error')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (words, write) => (json ? undefined : write(words.replace(/^error: /, 'guildhall: '))),
    })
    .showHelpAfterError(json ? false : '(Run the command with --help for its options.)')
    .exitOverride()
    .addHelpText('after', helpAfter())
  for (const add of additions) add(program)
  return program
}

function helpAfter(): string {
  const width = Math.max(...variables.map(([name]) => name.length))
  const lines = variables.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`)
  return `
Two ways to connect:
  With HF_TOKEN and HF_ENDPOINT, commands act as the owner of the token, over HTTP. The commands for members, groups,
  and the audit log work on any server with the same API.
  Without HF_ENDPOINT, commands use Guildhall on this machine, through a socket in its data folder. They act as the owner
  of HF_TOKEN, or as a site admin. Guildhall doesn’t have to be running. The command starts it if necessary.

Environment:
${lines.join('\n')}

Exit codes:
  0  done
  1  refused or failed (with several items: at least one)
  2  invalid options, nothing was done
  3  “audit verify” found that the log was tampered with

Examples:
  $ guildhall serve --demo
  $ guildhall operator create --name ada --email ada@example.org
  $ export HF_TOKEN=$(guildhall tokens create --user ada --role write)
  $ guildhall members list --org acme --role write
  $ guildhall members set-role --org acme --csv roles.csv --json`
}
