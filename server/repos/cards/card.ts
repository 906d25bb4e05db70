import type * as api from '../../../api/index.ts'
import type { InputOf, ResultOf } from '../../../api/index.ts'
import type { Permit } from '../../access/permit.ts'
import { HubError } from '../../kernel/errors.ts'
import type { Db } from '../../store/database.ts'
import { problemsOfCard } from './card-checks.ts'
import type { Card } from './card-head.ts'
import { readCard } from './card-reader.ts'

const mostTags = 200
const longestTag = 100

/** The tags of a card, as the clients filter by them: its own, its library, task and languages, its license. */
export function tagsOf({ data }: Card): string[] {
  const several = (name: string) => texts(data[name])
  const named = (name: string) => several(name).map((value) => `${name}:${value}`)
  const found = [
    ...several('library_name'),
    ...several('pipeline_tag'),
    ...several('tags'),
    ...several('language'),
    ...named('license'),
    ...several('datasets').map((value) => `dataset:${value}`),
    ...several('base_model').map((value) => `base_model:${value}`),
    ...several('task_categories').map((value) => `task_categories:${value}`),
    ...several('size_categories').map((value) => `size_categories:${value}`),
  ]
  return [...new Set(found)].slice(0, mostTags)
}

/** What lists show of a card beside its tags. */
export function fieldsOf({ data }: Card): Record<'library_name' | 'pipeline_tag' | 'sdk', string | undefined> {
  const first = (name: string) => texts(data[name])[0]
  return { library_name: first('library_name'), pipeline_tag: first('pipeline_tag'), sdk: first('sdk') }
}

// A field may be one text or a list.
function texts(value: unknown): string[] {
  const values: unknown[] = Array.isArray(value) ? value : [value]
  return values.filter((one): one is string => typeof one === 'string' && one !== '' && one.length <= longestTag)
}

/** Checks the metadata of a card before it is committed; not for people who are not signed in. */
export async function validateCard(
  _db: Db,
  permit: Permit<'card.validate'>,
  { content }: InputOf<typeof api.commits.validateCard>,
): Promise<ResultOf<typeof api.commits.validateCard>> {
  // `RepoCard.push_to_hub` asks without its token, and goes on to commit with it: a refusal would stop it
  if (permit.actor === undefined) return { errors: [], warnings: [{ message: 'Not checked. Sign in to check it.' }] }
  const card = await readCard(content)
  const problems = card.problems.length > 0 ? card.problems : problemsOfCard(card.data)
  if (problems.length > 0) {
    const errors = problems.map((message) => ({ message }))
    throw new HubError('BadRequest', problems.join(' '), { body: { errors, warnings: [] } })
  }
  const warnings = card.found ? [] : [{ message: 'No metadata found. The file must start with a line `---`.' }]
  return { errors: [], warnings }
}
