import { type Command, Option } from 'commander'
import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'

/** Which repository a command is about. */
export interface RepoOptions {
  repo: string
  type: api.RepoType
}

/** Adds the options that name a repository. */
export function repoOptions(command: Command): Command {
  return command
    .requiredOption('--repo <namespace/name>', 'repository')
    .addOption(new Option('--type <type>', 'type of the repository').choices(api.repoTypes).default('model'))
}

/** The repository that the options name, as the API calls it. */
export function repoParamsOf({ repo, type }: RepoOptions): api.ParamsOf<typeof api.collaborators.listCollaborators> {
  const [namespace, name, ...more] = repo.split('/')
  if (!namespace || !name || more.length > 0)
    throw new UsageError(`--repo is “${repo}”. It must be a namespace and a name, such as acme/whisper.`)
  return { repoType: `${type}s`, namespace, repo: name }
}
