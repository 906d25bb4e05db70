import { soleRepositories, type Writer } from './writers-store.ts'

/** Begins a statement with `sole`: the repositories that a person may write to, and nobody else but admins. */
export function solelyWritten(person: Writer, at: Date) {
  return soleRepositories(person, at)
}
