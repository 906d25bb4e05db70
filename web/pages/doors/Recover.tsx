import { useQuery } from '@tanstack/react-query'
import { recovery, users } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { client, useReply } from '../../hub.ts'
import { GoTo } from '../../pieces/GoTo.tsx'
import { NotFound } from '../../pieces/Refused.tsx'
import { SignInFirst } from '../../pieces/SignInFirst.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import { useAccount } from '../../session.ts'
import { ToOperators } from '../recovery-request/ToOperators.tsx'

/** The short address of a recovery request: leads to its page, in whichever of your organizations it is. */
export function Page() {
  const account = useAccount()
  return account ? <Find isOperator={account.isOperator} /> : <SignInFirst />
}

function Find({ isOperator }: { isOperator: boolean }) {
  const id = usePathName('id')
  const { organizations } = useReply(users.listMyOrganizations, {})
  const names = organizations.map(({ name }) => name)
  const { data, isPending } = useQuery({ queryKey: ['request', id, names], queryFn: () => organizationOf(id, names) })
  if (isPending) return <PageSkeleton />
  if (data) return <GoTo to="/organizations/$org/recovery/$id" params={{ org: data, id }} />
  return isOperator ? <ToOperators recoveryRequest={id} /> : <NotFound />
}

async function organizationOf(id: string, names: string[]): Promise<string | null> {
  const asked = names.map((org) => client.call(recovery.getRecoveryRequest, { params: { org, id } }))
  const found = (await Promise.allSettled(asked)).find((answer) => answer.status === 'fulfilled')
  return found?.value.organization ?? null
}
