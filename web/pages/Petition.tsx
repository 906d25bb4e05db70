import { Group, Stack, Text } from '@mantine/core'
import { ApiError, recovery } from '../../api/index.ts'
import { usePathName } from '../address-state.ts'
import { orgSettingsAddress } from '../addresses.ts'
import { useMaybe } from '../hub.ts'
import { LinkTo } from '../pieces/LinkTo.tsx'
import { PageHead } from '../pieces/PageHead.tsx'
import { Portrait } from '../pieces/Portrait.tsx'
import { SignInFirst } from '../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../pieces/Skeletons.tsx'
import { Word } from '../pieces/Word.tsx'
import { useAccount } from '../session.ts'
import { MemberDeeds, TakeBack } from './petition/Deeds.tsx'
import { PetitionParts } from './petition/Parts.tsx'
import { Proof } from './petition/Proof.tsx'
import { ToOperators } from './petition/ToOperators.tsx'
import { headline, pathWords, standing, stateWords } from './petition/words.ts'

/** A petition to become admin of an organization without one; open to whoever is kept out for want of a second factor, too. */
export function Page() {
  const account = useAccount()
  const params = { org: usePathName('org'), id: usePathName('id') }
  const { data, error } = useMaybe(recovery.getPetition, account ? { params } : undefined)
  if (!account) return <SignInFirst />
  if (data) return <OnePetition petition={data} />
  if (!error) return <PageSkeleton />
  // Operators get the mails too, and are rarely members.
  if (account.isOperator && error instanceof ApiError && error.status < 500) return <ToOperators petition={params.id} />
  throw error
}

function OnePetition({ petition }: { petition: recovery.Petition }) {
  const { organization, person, path, state } = petition
  return (
    <Stack gap={0} maw={720} mx="auto" pt={{ base: 0, sm: 'md' }}>
      <Text size="sm" mb="md">
        <LinkTo to={orgSettingsAddress(organization, 'recovery')}>Recovery of {organization}</LinkTo>
      </Text>
      <Group gap="md" wrap="nowrap" align="flex-start">
        <Portrait src={person.avatarUrl} size={48} />
        <div style={{ flex: 1, minWidth: 0 }}>
          <PageHead
            title={headline(petition)}
            state={
              <Stack gap="xs" align="flex-start">
                <Group gap="xs">
                  <Word tone={stateWords[state].tone}>{stateWords[state].words}</Word>
                  <span>{pathWords[path]}</span>
                </Group>
                <span>{standing(petition)}</span>
              </Stack>
            }
          />
        </div>
      </Group>
      <PetitionParts
        petition={petition}
        proof={<Proof petition={petition} />}
        deeds={<MemberDeeds petition={petition} />}
      />
      <TakeBack petition={petition} />
    </Stack>
  )
}
