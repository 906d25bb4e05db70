import { IconDoorEnter, IconUserCheck } from '@tabler/icons-react'
import { gated } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { repoPage } from '../../places.ts'
import { useRepository } from '../../repository.ts'
import { Head } from './access-requests/Head.tsx'
import { OrganizationAccess } from './access-requests/Organizations.tsx'
import { RequestList } from './access-requests/RequestList.tsx'
import { RequestSearch } from './access-requests/search.ts'

/** Who asked for access to a gated repository and who has it, and what the authors decide. */
export function Page() {
  const repository = useRepository()
  if (!repository.row.gated) return <NotGated />
  if (!repository.may('gate.review'))
    return (
      <Empty title="You can’t see access requests" icon={<IconUserCheck size={28} />}>
        Only people who can change the settings of this repository can see them.
      </Empty>
    )
  return <Review />
}

function NotGated() {
  const repository = useRepository()
  const settings = repository.may('repo.updateSettings') && (
    <ButtonTo {...repoPage(repository, '/settings')}>Open settings</ButtonTo>
  )
  return (
    <Empty
      title="This repository isn’t gated"
      icon={<IconDoorEnter size={28} />}
      guide="gated-repositories"
      action={settings}
    >
      If you gate it, people request access to its files here, and you see who they are.
    </Empty>
  )
}

function Review() {
  const [{ list }] = useAddressState(RequestSearch)
  const { params } = useRepository()
  const { counts } = useReply(gated.getGate, { params })
  return (
    <div>
      <Head counts={counts} />
      {list === 'organizations' ? <OrganizationAccess /> : <RequestList key={list} state={list ?? 'pending'} />}
    </div>
  )
}
