import type { FineGrained } from './tokens.ts'

/** What a resource group is called where a scope is written as text. */
export const groupWord = 'group'

/** What reading gated repositories is called there. */
export const gatedWord = 'gated'

/** The scope of a token as text, as `--scope` takes it: `model:acme/encoder=repo.write`. */
export function scopeInWords({ fineGrained }: { fineGrained?: FineGrained | undefined }): string[] {
  const scoped = (fineGrained?.scoped ?? []).map(({ entity: { type, name, _id }, permissions }) => {
    const word = type === 'resource-group' ? groupWord : type
    return `${word}:${name ?? _id}=${permissions.join(',')}`
  })
  return fineGrained?.canReadGatedRepos ? [...scoped, `${gatedWord}=repo.content.read`] : scoped
}
