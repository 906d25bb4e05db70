import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { addOwnAvatar } from './avatar.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { type PasswordOptions, passwordFrom, passwordOptions } from './password.ts'

export interface PersonOptions extends PasswordOptions {
  name: string
  email: string
  fullname?: string
}

/** `guildhall users create | avatar`: accounts of people. */
export function addUsers(program: Command): void {
  const users = program.command('users').description('Accounts of people.')
  addCreate(users)
  addOwnAvatar(users)
}

function addCreate(users: Command): void {
  personOptions(users.command('create').description('Create an account with a verified address.'))
    .addHelpText(
      'after',
      `
Without a password, the person gets an email with a link to set one.

Examples:
  $ guildhall users create --name grace --email grace@example.org
  $ guildhall users create --name grace --email grace@example.org --password-stdin --json < password.txt`,
    )
    .action(
      action<PersonOptions>(async (options, out) => {
        const person = await createPerson(options, { password: await passwordFrom(options) })
        out.result(person, `Created the account ${person.name}.`)
      }),
    )
}

/** Adds the options that describe a new account. */
export function personOptions(command: Command): Command {
  return passwordOptions(
    command
      .requiredOption('--name <username>', 'username')
      .requiredOption('--email <address>', 'email address')
      .option('--fullname <name>', 'full name'),
  )
}

/** Creates an account at the hub. */
export async function createPerson(
  { name, email, fullname }: PersonOptions,
  { password, operator }: { password: string | undefined; operator?: boolean },
): Promise<api.ReplyOf<typeof api.operator.createPerson>> {
  const body = { username: name, email, fullname, password, operator }
  return withHub(({ client }) => client.call(api.operator.createPerson, { body }), { mayCreate: operator === true })
}
