import { List, Text } from '@mantine/core'
import { orgTokens, scopeInWords } from '../../../../api/index.ts'
import { patchRows } from '../../../endless.ts'
import { useChange } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { useAccount } from '../../../session.ts'
import { type Deed, tokenWords } from './columns.tsx'

type Token = orgTokens.OrgToken

/** What is decided about which token. */
export interface Decision {
  deed: Deed
  token: Token
}

const deeds = {
  approve: { operation: orgTokens.approveOrgToken, verb: 'Approve', done: 'approved' },
  deny: { operation: orgTokens.denyOrgToken, verb: 'Deny', done: 'denied' },
  revoke: { operation: orgTokens.revokeOrgToken, verb: 'Revoke', done: 'revoked' },
} as const

interface Asked {
  org: Org
  decision: Decision
  onClose: () => void
}

/** Asks before a token is approved, denied, or revoked. */
export function Decide({ org, decision, onClose }: Asked) {
  const { deed, token } = decision
  const { operation, verb, done } = deeds[deed]
  // What is approved is what is on the page, not what its owner has made of it meanwhile.
  const reviewed = deed === 'approve' ? { body: { scope: scopeInWords(token) } } : {}
  const { user } = token.owner
  const account = useAccount()
  const change = useChange(operation, (row) => {
    patchRows<Token>(orgTokens.listOrgTokens, (before) => (before.id === row.id ? row : before))
    showDone(`The ${tokenWords(row)} is ${done}.`)
    onClose()
  })
  return (
    <ConfirmByTyping
      opened
      danger={deed !== 'approve'}
      title={`${verb} ${tokenWords(token)}`}
      label={`${verb} token`}
      {...(deed === 'revoke' ? { word: user } : {})}
      busy={change.isPending}
      error={change.error}
      onConfirm={() => change.mutate({ params: { org: org.name, id: token.id }, ...reviewed })}
      onClose={onClose}
    >
      <Text size="sm">
        {token.lastUsedAt ? (
          <>
            Last used <When time={token.lastUsedAt} />.
          </>
        ) : (
          'Never used.'
        )}
      </Text>
      <List size="sm">
        {consequences(decision, org.name, account?.name === user ? undefined : user).map((words) => (
          <List.Item key={words}>{words}</List.Item>
        ))}
      </List>
    </ConfirmByTyping>
  )
}

// Who decides about their own token gets no email.
function consequences({ deed, token: { state } }: Decision, org: string, owner: string | undefined): string[] {
  const told = owner === undefined ? [] : [`${owner} gets an email.`]
  if (deed === 'approve')
    return [`The token can access ${org} immediately.`, 'If its permissions change, it needs approval again.', ...told]
  if (deed === 'deny')
    return [
      state === 'approved'
        ? `The token loses access to ${org} immediately. It still works elsewhere.`
        : `The token gets no access to ${org}. It still works elsewhere.`,
      'You can approve it later.',
      ...told,
    ]
  return [
    `The token loses access to ${org} immediately. It still works elsewhere.`,
    'This can’t be undone. The owner can create a new token.',
    ...told,
  ]
}
