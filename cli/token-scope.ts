import * as api from '../api/index.ts'
import { UsageError } from './failure.ts'

const { gatedWord, groupWord } = api
const { permissionsOn, ScopeType } = api.tokens

type Wanted = NonNullable<NonNullable<api.CallInput<typeof api.tokens.createToken>['body']>['fineGrained']>
type Scoped = NonNullable<Wanted['scoped']>[number]

/** What `--scope` options name, such as `model:acme/encoder=repo.write` or `user=repo.content.read,repo.write`. */
export function scopeOf(options: readonly string[]): Wanted {
  const isGated = (text: string) => text === `${gatedWord}=repo.content.read`
  return { scoped: options.filter((text) => !isGated(text)).map(scopedOf), canReadGatedRepos: options.some(isGated) }
}

function scopedOf(text: string): Scoped {
  const [, word = '', name, list = ''] = /^([a-z-]+)(?::(.+))?=([^=]+)$/.exec(text) ?? []
  const type = ScopeType.safeParse(word === groupWord ? 'resource-group' : word).data
  if (type === undefined)
    throw new UsageError(`--scope is “${text}”. It must be like model:acme/encoder=repo.write. See --help.`)
  const known = permissionsOn[type]
  const permissions = list.split(',').map((asked) => {
    const permission = known.find((each) => each === asked.trim())
    if (permission === undefined)
      throw new UsageError(`--scope is “${text}”. The permissions for ${word} are ${known.join(', ')}.`)
    return permission
  })
  return { entity: { type, ...(name !== undefined && { name }) }, permissions }
}

/** Adds one more `--scope` to those before. */
export function addScope(text: string, before: string[] = []): string[] {
  return [...before, text]
}
