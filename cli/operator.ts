import type { Command } from 'commander'
import { UsageError } from './failure.ts'
import { action } from './output.ts'
import { askPassword, passwordFrom } from './password.ts'
import { createPerson, type PersonOptions, personOptions } from './users.ts'

/** `guildhall operator create`: makes accounts that run the installation. */
export function addOperator(program: Command): void {
  const operator = program.command('operator').description('People who run this installation.')
  personOptions(
    operator.command('create').description('Create an operator account; the first one may be made so as well.'),
  )
    .addHelpText(
      'after',
      `
The password is taken from --password-stdin, --password or GUILDHALL_PASSWORD; in a terminal it is asked for.

Examples:
  $ guildhall operator create --name ada --email ada@example.org
  $ guildhall operator create --name ada --email ada@example.org --password-stdin --json < password.txt`,
    )
    .action(
      action<PersonOptions>(async (options, out) => {
        const password = (await passwordFrom(options)) ?? (await askPassword())
        if (password === undefined) {
          throw new UsageError('An operator needs a password: give it with --password-stdin or in GUILDHALL_PASSWORD.')
        }
        const person = await createPerson(options, { password, operator: true })
        out.result(person, `${person.name} is an operator of this installation now.`)
      }),
    )
}
