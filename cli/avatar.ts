import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { readGivenFile } from './given-file.ts'
import { withHub } from './hub.ts'
import { action, type Output } from './output.ts'
import { type SignInOptions, signInFrom, signInOptions } from './password.ts'
import { withSession } from './session-client.ts'

interface PictureOptions {
  file?: string
  remove?: boolean
}

/** `guildhall org avatar`: the picture of an organization. */
export function addOrgAvatar(org: Command): void {
  pictureOptions(
    org
      .command('avatar')
      .description('Upload or remove the picture of an organization.')
      .requiredOption('--org <name>', 'organization'),
  )
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org avatar --org acme --file logo.png
  $ guildhall org avatar --org acme --remove --json`,
    )
    .action(
      action<PictureOptions & { org: string }>(async ({ org, ...options }, out) => {
        const picture = await pictureFrom(options)
        const { setOrganizationAvatar, deleteOrganizationAvatar } = api.organizations
        const params = { org }
        const changed = await withHub(({ client }) =>
          picture === undefined
            ? client.call(deleteOrganizationAvatar, { params })
            : client.call(setOrganizationAvatar, { params, body: picture }),
        )
        tell(out, org, changed, picture)
      }),
    )
}

/** `guildhall users avatar`: your own picture. */
export function addOwnAvatar(users: Command): void {
  signInOptions(pictureOptions(users.command('avatar').description('Upload or remove your picture.')))
    .addHelpText(
      'after',
      `
Access tokens can’t change your account. The command signs in at HF_ENDPOINT with your password: from --password-stdin,
GUILDHALL_PASSWORD, or a prompt.

Examples:
  $ guildhall users avatar --user ada --file ada.jpg
  $ guildhall users avatar --user ada --code 123456 --remove --json`,
    )
    .action(
      action<PictureOptions & SignInOptions>(async (options, out) => {
        const picture = await pictureFrom(options)
        const changed = await withSession(await signInFrom(options), (client) =>
          picture === undefined
            ? client.call(api.users.deleteAvatar)
            : client.call(api.users.setAvatar, { body: picture }),
        )
        tell(out, options.user, changed, picture)
      }),
    )
}

function pictureOptions(command: Command): Command {
  return command
    .option('--file <path>', 'PNG, JPEG, or WebP file of at most 1 MB; “-” for standard input')
    .option('--remove', 'remove the picture, so that the initials are shown again')
}

async function pictureFrom({ file, remove = false }: PictureOptions): Promise<{ image: string } | undefined> {
  if ((file === undefined) !== remove) throw new UsageError('Give either --file or --remove.')
  if (file === undefined) return undefined
  const bytes = await readGivenFile(file)
  if (bytes.length > api.maxPictureBytes) throw new UsageError(`${file} is larger than 1 MB. Choose a smaller picture.`)
  return { image: bytes.toString('base64') }
}

function tell(out: Output, of: string, changed: { avatarUrl: string }, picture: { image: string } | undefined): void {
  out.result(changed, `${picture === undefined ? 'Removed' : 'Changed'} the picture of ${of}.`)
}
