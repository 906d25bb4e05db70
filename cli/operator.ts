import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { addInstanceAudit } from './audit.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { amountOf, hundredths } from './numbers.ts'
import { addOutbox } from './operator-outbox.ts'
import { addOwnerless } from './operator-ownerless.ts'
import { addOperatorRecovery } from './operator-recovery.ts'
import { addStorage } from './operator-storage.ts'
import { action, table } from './output.ts'
import { askPassword, passwordFrom } from './password.ts'
import { createPerson, type PersonOptions, personOptions } from './users.ts'

/** `guildhall operator create | prices | audit | outbox | ownerless | recovery | storage`: what site admins do for the instance. */
export function addOperator(program: Command): void {
  const operator = program.command('operator').description('Site admins of the instance.')
  addOperatorRecovery(operator)
  addInstanceAudit(operator)
  addOutbox(operator)
  addStorage(operator)
  addOwnerless(operator)
  addCreate(operator)
  addPrices(operator)
}

function addCreate(operator: Command): void {
  personOptions(operator.command('create').description('Create a site admin account, including the first one.'))
    .addHelpText(
      'after',
      `
The password comes from --password-stdin, --password, or GUILDHALL_PASSWORD. In a terminal, you are asked for it.

Examples:
  $ guildhall operator create --name ada --email ada@example.org
  $ guildhall operator create --name ada --email ada@example.org --password-stdin --json < password.txt`,
    )
    .action(
      action<PersonOptions>(async (options, out) => {
        const password = (await passwordFrom(options)) ?? (await askPassword('Password (at least 10 characters): '))
        if (password === undefined) {
          throw new UsageError('A site admin needs a password. Use --password-stdin or GUILDHALL_PASSWORD.')
        }
        const person = await createPerson(options, { password, operator: true })
        out.result(person, `${person.name} is now a site admin of this instance.`)
      }),
    )
}

interface PricesOptions {
  currency?: string
  team?: number
  enterprise?: number
  plus?: number
}

function addPrices(operator: Command): void {
  operator
    .command('prices')
    .description('Show or set the monthly price of a seat on each plan. No payment is taken.')
    .option('--currency <code>', 'currency code, for example EUR')
    .option('--team <amount>', 'price of a seat on the team plan, for example 9.50', hundredths)
    .option('--enterprise <amount>', 'price of a seat on the enterprise plan', hundredths)
    .option('--plus <amount>', 'price of a seat on the plus plan', hundredths)
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall operator prices
  $ guildhall operator prices --currency CHF --team 9.50 --plus 29`,
    )
    .action(
      action<PricesOptions>(async ({ currency, ...seatPrices }, out) => {
        const isAsked = currency === undefined && Object.keys(seatPrices).length === 0
        const settings = await withHub(({ client }) =>
          isAsked
            ? client.call(api.operator.getInstanceSettings, {})
            : client.call(api.operator.updateInstanceSettings, { body: { currency, seatPrices } }),
        )
        const { currency: code, seatPrices: prices } = settings
        const rows = Object.entries(prices).map(([plan, price]) => [plan, amountOf(price, code)])
        out.result({ currency: code, seatPrices: prices }, table(['PLAN', 'PER SEAT AND MONTH'], rows, ''))
      }),
    )
}
