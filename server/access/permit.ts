import type { Author, KeyedRequest, RequestInfo } from './author.ts'
import type { Actor, Credential, Facts, OrgFacts, RepoFacts } from './facts.ts'
import type { Action, policy } from './policy.ts'

declare const minted: unique symbol

/** An action that was allowed, to whom, and on what. Only `authorize` makes one. */
interface Minted extends Author {
  readonly [minted]: true
  readonly action: Action
  readonly facts: Facts
  readonly credential: Credential
}

type RowOf<A extends Action> = (typeof policy)[A]
type OpenActions = { [A in Action]: RowOf<A>['requires'] extends 'anyone' ? A : never }[Action]
type On<A extends Action, S> = RowOf<A>['on'] extends S ? true : false

/** The right to do one action; what the action is about is there without asking again. */
export type Permit<A extends Action = Action> = Minted & { readonly action: A } & (A extends OpenActions
    ? unknown
    : { readonly actor: Actor }) &
  (On<A, 'org' | 'group' | 'deletedOrg'> extends true
    ? { readonly org: OrgFacts }
    : { readonly org?: OrgFacts | undefined }) &
  (On<A, 'group'> extends true ? { readonly group: NonNullable<Facts['group']> } : unknown) &
  (On<A, 'repo'> extends true ? { readonly repo: RepoFacts } : unknown) &
  (RowOf<A> extends { subject: true } ? { readonly subject: NonNullable<Facts['subject']> } : unknown)

/** Who asks, and in whose name the answer is recorded. */
export interface Caller {
  credential: Credential
  request: RequestInfo
  idempotencyKey?: KeyedRequest | undefined
}
