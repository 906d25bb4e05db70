import type { AccessTarget, Credential } from '../server/access/facts.ts'
import { queryOfFacts } from '../server/access/store.ts'
import type { Statement } from './statements.ts'

const id = 'aaaaaaaaaaaaaaaa00000001'
const hash = Buffer.alloc(32)
const address = '192.0.2.1'

const credentials: Credential[] = [
  { kind: 'none' },
  { kind: 'session', hash, address },
  { kind: 'token', hash, address },
  { kind: 'token', hash, address, isScoped: true },
  { kind: 'tokenId', id },
  { kind: 'person', userId: id },
  { kind: 'link', userId: id, tokenId: id, tokenLast4: 'abcd', sessionId: null, address },
  { kind: 'link', userId: id, tokenId: id, tokenLast4: 'abcd', sessionId: null, address, isScoped: true },
  { kind: 'link', userId: id, tokenId: null, tokenLast4: null, sessionId: id, address },
]

const targets: AccessTarget[] = [
  {},
  { org: 'acme' },
  { orgId: id },
  { org: 'acme', group: id },
  { org: 'acme', subject: 'ada' },
  { orgId: id, subjectId: id },
  { namespace: 'acme' },
  { namespaceUserId: id },
  { repo: { type: 'model', namespace: 'acme', name: 'speech' } },
  { repoId: id },
]

/** The statements by which the facts of decisions are read: of every kind of caller, about every kind of thing. */
export function decisionStatements(): Statement[] {
  const site = { file: 'server/access/store.ts', name: 'findFacts', line: 0, column: 0 }
  return credentials.flatMap((credential) =>
    targets.flatMap((target) =>
      [false, true].map((detail) => {
        const { sql: text, parameters } = queryOfFacts(credential, target, { at: new Date(), detail })
        return {
          text,
          values: [...parameters],
          during: `a decision for a ${credential.kind}`,
          site,
          isShort: true as const,
        }
      }),
    ),
  )
}
