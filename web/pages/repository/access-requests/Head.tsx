import { Button, Group, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload, IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useAddressState } from '../../../address-state.ts'
import { repoAddress } from '../../../addresses.ts'
import type { Gate } from '../../../gate.ts'
import { PageHead } from '../../../pieces/PageHead.tsx'
import { TabLinks } from '../../../pieces/TabLinks.tsx'
import { accessRequestsPage } from '../../../places.ts'
import { type Repository, useRepository } from '../../../repository.ts'
import { counted } from '../../../words.ts'
import { Grant } from './Grant.tsx'
import { RequestSearch } from './search.ts'

type Counts = Gate['counts']

/** The title of the page, the ways to give access and to download the report, and the lists with how many are on each. */
export function Head({ counts }: { counts: Counts }) {
  const repository = useRepository()
  const [{ list }] = useAddressState(RequestSearch)
  const [granting, setGranting] = useState(false)
  const tab = (label: string, of: typeof list, count: number | undefined) => ({
    label,
    ...(count === undefined ? {} : { count }),
    page: accessRequestsPage(repository, of),
    isHere: list === of,
  })
  return (
    <>
      <PageHead
        title="Access requests"
        of={repository.id}
        guide="gated-repositories"
        state={stateOf(repository, counts)}
        action={
          <Group gap="sm">
            <Download />
            <Button
              variant="filled"
              leftSection={<IconUserPlus size={16} aria-hidden />}
              onClick={() => setGranting(true)}
            >
              Give access
            </Button>
          </Group>
        }
      />
      <TabLinks
        label="Lists"
        tabs={[
          tab('Pending', undefined, counts?.pending),
          tab('Accepted', 'accepted', counts?.accepted),
          tab('Rejected', 'rejected', counts?.rejected),
          tab('Organizations', 'organizations', counts?.organizations),
        ]}
      />
      {granting && <Grant onClose={() => setGranting(false)} />}
    </>
  )
}

function stateOf({ row }: Repository, counts: Counts): string {
  const mode = row.gated === 'auto' ? 'Requests are accepted automatically.' : 'You accept or reject each request.'
  if (!counts) return mode
  return `${counted(counts.pending, 'pending request')}. ${mode}`
}

/** The answers of all people, and who downloaded what. */
function Download() {
  const repository = useRepository()
  const report = `${repoAddress(repository)}/user-access-report`
  const { repoType, namespace, repo } = repository.params
  const downloads = `/api/${repoType}/${namespace}/${repo}/gate/downloads/export`
  const files = [
    ['Access requests (CSV)', `${report}?format=csv`],
    ['Access requests (JSON)', `${report}?format=json`],
    ['Downloads of files (CSV)', `${downloads}?format=csv`],
  ] as const
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <Button
          leftSection={<IconDownload size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Download report
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {files.map(([label, href]) => (
          <Menu.Item key={label} component="a" href={href} download>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
