import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { groupOptions, withGroup } from './one-group.ts'
import { action } from './output.ts'

interface PersonOptions {
  org: string
  group: string
  user: string
}

interface RoleOptions extends PersonOptions {
  role: api.GroupRole
}

/** `guildhall groups add-user | set-role | remove-user`: the people of a resource group. */
export function addGroupUsers(groups: Command): void {
  addUser(groups)
  setRole(groups)
  removeUser(groups)
}

function addUser(groups: Command): void {
  withRole(personOptions(groups.command('add-user').description('Add a member of the organization to a group.')))
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall groups add-user --org acme --group research --user grace --role write',
    )
    .action(
      action<RoleOptions>(async (options, out) => {
        const { user, role, group } = options
        const body = { users: [{ user, role }] }
        const reply = await withGroup(options, (client, params) =>
          client.call(api.groups.addGroupUsers, { params, body }),
        )
        out.result(reply, `${user} is now in ${group} with the ${role} role.`)
      }),
    )
}

function setRole(groups: Command): void {
  withRole(personOptions(groups.command('set-role').description('Change the role of a person in a group.')))
    .addHelpText(
      'after',
      '\nExamples:\n  $ guildhall groups set-role --org acme --group research --user grace --role admin',
    )
    .action(
      action<RoleOptions>(async (options, out) => {
        const { user, role, group } = options
        const reply = await withGroup(options, (client, params) =>
          client.call(api.groups.changeGroupRole, { params: { ...params, username: user }, body: { role } }),
        )
        out.result(reply, `${user} now has the ${role} role in ${group}.`)
      }),
    )
}

function removeUser(groups: Command): void {
  personOptions(groups.command('remove-user').description('Remove a person from a group.'))
    .addHelpText('after', '\nExamples:\n  $ guildhall groups remove-user --org acme --group research --user grace')
    .action(
      action<PersonOptions>(async (options, out) => {
        const reply = await withGroup(options, (client, params) =>
          client.call(api.groups.removeGroupUser, { params: { ...params, username: options.user } }),
        )
        out.result(reply, `${options.user} is no longer in ${options.group}.`)
      }),
    )
}

function personOptions(command: Command): Command {
  return groupOptions(command).requiredOption('--user <username>', 'who')
}

function withRole(command: Command): Command {
  return command.addOption(
    new Option('--role <role>', 'role in the group').choices(api.groupRoles).makeOptionMandatory(),
  )
}
