import type { Command } from 'commander'
import * as api from '../api/index.ts'
import { Failure } from './failure.ts'

export interface OrgOptions {
  org: string
}

export interface AccountOptions extends OrgOptions {
  account: string
}

/** Lists the service accounts of an organization. */
export function listOf(client: api.Client, org: string): Promise<api.serviceAccounts.ServiceAccountDetails[]> {
  return client.call(api.serviceAccounts.listServiceAccountDetails, { params: { org } })
}

/** The option that names the organization. */
export function orgOption(command: Command): Command {
  return command.requiredOption('--org <name>', 'organization')
}

/** The options that name one service account. */
export function accountOption(command: Command): Command {
  return orgOption(command).requiredOption('--account <account>', 'username or ID of the service account, from “list”')
}

/** The service account that is meant, by its username or its ID. */
export async function paramsOf(client: api.Client, { org, account }: AccountOptions) {
  const found = (await listOf(client, org)).find(({ id, user }) => [id, user].includes(account.toLowerCase()))
  if (found === undefined) throw new Failure(`${org} has no service account ${account}.`, undefined, 'NotFound')
  return { org, serviceAccountId: found.id }
}
