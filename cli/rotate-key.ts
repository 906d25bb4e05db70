import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'

/** `guildhall rotate-key`: replaces the secret key of the instance on this machine. */
export function addRotateKey(program: Command): void {
  program
    .command('rotate-key')
    .description('Replace the secret key of the instance on this machine, while it runs or not.')
    .addHelpText(
      'after',
      `
Everything that is encrypted with the key is encrypted again. The running server deletes the old key after 15 minutes.

Examples:
  $ guildhall rotate-key`,
    )
    .action(
      action(async (_options, out) => {
        const reply = await withHub(({ client }) => client.call(api.operator.rotateKey))
        out.result(
          reply,
          `The secret key is replaced. Encrypted again: ${reply.resealed}. ID of the new key: ${reply.fingerprint}.`,
        )
      }),
    )
}
