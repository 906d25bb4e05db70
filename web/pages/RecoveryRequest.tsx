import { Group, Stack, Text } from '@mantine/core'
import { ApiError, recovery } from '../../api/index.ts'
import { usePathName } from '../address-state.ts'
import { useMaybe } from '../hub.ts'
import { LinkTo } from '../pieces/LinkTo.tsx'
import { PageColumn } from '../pieces/PageColumn.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { Portrait } from '../pieces/Portrait.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../pieces/Skeletons.tsx'
import { Word } from '../pieces/Word.tsx'
import { useAccount } from '../session.ts'
import { MemberDeeds, Withdraw } from './recovery-request/Actions.tsx'
import { RecoveryRequestParts } from './recovery-request/Parts.tsx'
import { Proof } from './recovery-request/Proof.tsx'
import { ToOperators } from './recovery-request/ToOperators.tsx'
import { headline, pathWords, stateSentence, stateWords } from './recovery-request/words.ts'

/** A recovery request for an organization without active admins; members who still lack 2FA can open it, too. */
export function Page() {
  const account = useAccount()
  const params = { org: usePathName('org'), id: usePathName('id') }
  const { data, error } = useMaybe(recovery.getRecoveryRequest, account ? { params } : undefined)
  if (!account) return <SignInFirst />
  if (data) return <OneRecoveryRequest recoveryRequest={data} />
  if (!error) return <PageSkeleton />
  // Operators get the mails too, and are rarely members.
  if (account.isOperator && error instanceof ApiError && error.status < 500)
    return <ToOperators recoveryRequest={params.id} />
  throw error
}

function OneRecoveryRequest({ recoveryRequest }: { recoveryRequest: recovery.RecoveryRequest }) {
  const { organization, person, path, state } = recoveryRequest
  return (
    <PageColumn gap={0} pt={{ base: 0, sm: 'md' }}>
      <Text size="sm" mb="md">
        <LinkTo to="/organizations/$org/settings/recovery" params={{ org: organization }}>
          Recovery of {organization}
        </LinkTo>
      </Text>
      <Group gap="md" wrap="nowrap" align="flex-start">
        <Portrait name={person.user} fullname={person.fullname} size={48} />
        <div style={{ flex: 1, minWidth: 0 }}>
          <PageHead
            title={headline(recoveryRequest)}
            state={
              <Stack gap="xs" align="flex-start">
                <Group gap="xs">
                  <Word tone={stateWords[state].tone}>{stateWords[state].words}</Word>
                  <span>{pathWords[path]}</span>
                </Group>
                <span>{stateSentence(recoveryRequest)}</span>
              </Stack>
            }
          />
        </div>
      </Group>
      <RecoveryRequestParts
        recoveryRequest={recoveryRequest}
        proof={<Proof recoveryRequest={recoveryRequest} />}
        deeds={<MemberDeeds recoveryRequest={recoveryRequest} />}
      />
      <Withdraw recoveryRequest={recoveryRequest} />
    </PageColumn>
  )
}
