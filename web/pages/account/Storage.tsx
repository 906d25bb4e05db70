import { IconDatabase } from '@tabler/icons-react'
import { repos, storage } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { ButtonTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { StorageMeter } from '../../pieces/StorageMeter.tsx'
import { useAccount } from '../../session.ts'
import { counted } from '../../words.ts'
import { ByRepository } from '../organization/storage/ByRepository.tsx'

const most = 10_000

/** Your own repositories by the storage that they use, and your limit. */
export function Page() {
  const you = useAccount()?.name ?? ''
  const use = useReply(storage.getMyStorage)
  const rows = useReply(repos.listMyRepositories, { query: { limit: most } })
  const open = rows.filter(({ visibility }) => visibility === 'public').length
  const state = `${counted(rows.length, 'repository', 'repositories')} · ${open.toLocaleString('en')} public`
  return (
    <>
      <PageHead title="Storage" state={state} guide="storage" />
      <StorageMeter use={use} label="Your storage" />
      {rows.length === 0 ? (
        <Empty
          title="No repositories"
          icon={<IconDatabase size={28} />}
          action={<ButtonTo to="/new">New repository</ButtonTo>}
        >
          Your models, datasets, and Spaces appear here with the storage they use.
        </Empty>
      ) : (
        <ByRepository of={you} rows={rows} />
      )}
    </>
  )
}
