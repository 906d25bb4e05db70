import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'
import { withHub } from './hub.ts'
import { momentOf } from './moments.ts'
import { action, facts } from './output.ts'
import { settingFlag } from './setting-flags.ts'

type Options = { org: string; dryRun?: boolean } & Partial<Record<api.SettingName, string>>
type Changed = api.ResultOf<typeof api.organizations.updateSettings>

/** `guildhall org settings`: shows the settings of an organization, or changes those that are named. */
export function addSettings(org: Command): void {
  const command = org
    .command('settings')
    .description('Show or change the settings of an organization.')
    .requiredOption('--org <name>', 'organization')
    .option('--dry-run', 'preview only: show what changes and who loses access')
  for (const name of api.settingNames) command.addOption(optionOf(name))
  command
    .addHelpText(
      'after',
      `
Examples:
  $ guildhall org settings --org acme
  $ guildhall org settings --org acme --repo-visibility private --hide-members true
  $ guildhall org settings --org acme --require-2fa true --require-2fa-from 14d --dry-run`,
    )
    .action(
      action<Options>(async (options, out) => {
        const settings = await withHub(({ client }) => showOrChange(client, options))
        out.result(settings, wordsOf(settings))
      }),
    )
}

function optionOf(name: api.SettingName): Option {
  const choices = api.settingChoices(name)?.map(String)
  const option = new Option(`${settingFlag(name)} <value>`, api.settingMeaning(name))
  return choices === undefined ? option : option.choices(choices)
}

async function showOrChange(client: api.Client, options: Options): Promise<api.OrgSettings | Changed> {
  const params = { org: options.org }
  const named = api.settingNames.filter((name) => options[name] !== undefined)
  if (named.length === 0) return client.call(api.organizations.getSettings, { params })
  const body = Object.fromEntries(named.map((name) => [name, settingValue(name, options[name] ?? '')]))
  const query = options.dryRun ? { dryRun: 'true' as const } : {}
  return client.call(api.organizations.updateSettings, { params, query, body })
}

function settingValue(name: api.SettingName, words: string): api.OrgSettings[api.SettingName] {
  const choices = api.settingChoices(name)
  if (choices !== undefined) return choices.find((choice) => String(choice) === words) ?? words
  if (api.isListSetting(name)) return words === 'none' ? [] : words.split(',').map((word) => word.trim())
  if (words === 'none') return null
  return api.isNumberSetting(name) ? daysOf(settingFlag(name), words) : momentOf(settingFlag(name), words)
}

function daysOf(flag: string, words: string): number {
  const days = Number(words)
  if (Number.isSafeInteger(days) && days > 0) return days
  throw new UsageError(`${flag} must be a whole number of days, or “none”.`)
}

function sayValue(value: api.OrgSettings[api.SettingName]): string {
  const isNothing = value === null || (Array.isArray(value) && value.length === 0)
  return isNothing ? 'none' : String(value)
}

function wordsOf(settings: api.OrgSettings | Changed): string {
  const rows = facts(api.settingNames.map((name) => [settingFlag(name).slice(2), sayValue(settings[name])]))
  if (!('affected' in settings)) return rows
  const { dryRun, affected } = settings
  return [
    rows,
    ...(affected.count > 0 ? [`Members without 2FA: ${affected.count}.`] : []),
    ...(dryRun ? ['Dry run. Nothing was changed.'] : []),
  ].join('\n')
}
