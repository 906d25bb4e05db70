import type { Command } from 'commander'
import type * as api from '../api/index.ts'
import { groupFinder } from './group-names.ts'
import { withHub } from './hub.ts'

/** The options that name a group. */
export interface GroupOptions {
  org: string
  group: string
}

/** Does something to one group at the hub, with its id. */
export function withGroup<T>(
  { org, group }: GroupOptions,
  work: (client: api.Client, params: { org: string; group: string }) => Promise<T>,
): Promise<T> {
  return withHub(async ({ client }) => work(client, { org, group: await groupFinder(client, org)(group) }))
}

/** Adds the options that name a group. */
export function groupOptions(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization').requiredOption('--group <id or name>', 'resource group')
}
