import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { action } from './output.ts'
import { type RepoOptions, repoOptions, repoParamsOf } from './repo-options.ts'

interface SetOptions extends RepoOptions {
  mode?: 'off' | api.gated.GateMode
  members?: 'required' | 'exempt'
  notify?: 'each' | 'daily'
  notifyEmail?: string
}

/** `guildhall repo gate show | set`: whether people have to request access to the files of a repository. */
export function addGate(repo: Command): void {
  const gate = repo.command('gate').description('Whether people have to request access to the files of a repository.')
  addShow(gate)
  addSet(gate)
}

function addShow(gate: Command): void {
  repoOptions(gate.command('show').description('Show the gate of a repository, and where you stand.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall repo gate show --repo acme/whisper')
    .action(
      action<RepoOptions>(async (options, out) => {
        const params = repoParamsOf(options)
        const gate = await withHub(({ client }) => client.call(api.gated.getGate, { params }))
        out.result(gate, wordsOf(options.repo, gate))
      }),
    )
}

const standings: Record<api.gated.GateStanding, string> = {
  anonymous: 'Sign in to request access.',
  none: 'You have not requested access.',
  pending: 'Your request is pending.',
  accepted: 'You have access.',
  rejected: 'Your request was rejected.',
  expired: 'Your access has expired.',
  unavailable: 'It isn’t available in the European Union.',
  open: 'You have access without a request.',
}

function wordsOf(repo: string, { mode, state, form, settings, counts }: api.gated.Gate): string {
  if (mode === null) return `${repo} is not gated.`
  const lines = [
    `${repo} is gated: requests are ${mode === 'auto' ? 'accepted automatically' : 'reviewed'}.`,
    standings[state],
    ...(form.fields.length > 0 ? [`Fields: ${form.fields.map(({ name }) => name).join(', ')}`] : []),
    ...(settings
      ? [`Members of the organization: ${settings.orgMembersGated ? 'required to request' : 'exempt'}`]
      : []),
    ...(settings ? [`Notifications: ${notificationsOf(settings)}`] : []),
    ...(counts
      ? [`Requests: ${counts.pending} pending, ${counts.accepted} accepted, ${counts.rejected} rejected`]
      : []),
  ]
  return lines.join('\n')
}

function notificationsOf({ gatedNotificationsMode, gatedNotificationsEmail }: api.gated.GateSettings): string {
  const often = gatedNotificationsMode === 'bulk' ? 'once a day' : 'for each request'
  return `${often}, to ${gatedNotificationsEmail ?? 'the first five admins, or the owner'}`
}

function addSet(gate: Command): void {
  repoOptions(gate.command('set').description('Change the gate of a repository.'))
    .addOption(
      new Option('--mode <mode>', '“off”, “auto” (accept everyone who agrees), or “manual” (you review)').choices([
        'off',
        'auto',
        'manual',
      ]),
    )
    .addOption(
      new Option('--members <how>', 'members of the organization: “required” to request access, or “exempt”').choices([
        'required',
        'exempt',
      ]),
    )
    .addOption(new Option('--notify <when>', 'emails about requests').choices(['each', 'daily']))
    .option('--notify-email <address>', 'where emails about requests go; “admins” for the first five admins')
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall repo gate set --repo acme/whisper --mode manual
  $ guildhall repo gate set --repo acme/voices --type dataset --members required --notify daily`,
    )
    .action(
      action<SetOptions>(async (options, out) => {
        const body = bodyOf(options)
        if (Object.keys(body).length === 0) throw new UsageError('Give --mode, --members, --notify, or --notify-email.')
        const params = repoParamsOf(options)
        const saved = await withHub(({ client }) => client.call(api.repos.updateRepoSettings, { params, body }))
        out.result(saved, saved.gated ? `${options.repo} is gated (${saved.gated}).` : `${options.repo} is not gated.`)
      }),
    )
}

function bodyOf({ mode, members, notify, notifyEmail }: SetOptions) {
  return {
    ...(mode && { gated: mode === 'off' ? (false as const) : mode }),
    ...(members && { orgMembersGated: members === 'required' }),
    ...(notify && { gatedNotificationsMode: notify === 'daily' ? ('bulk' as const) : ('real-time' as const) }),
    ...(notifyEmail !== undefined && { gatedNotificationsEmail: notifyEmail === 'admins' ? null : notifyEmail }),
  }
}
