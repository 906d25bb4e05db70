import { Group, Text } from '@mantine/core'
import { IconMail } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useReply } from '../../hub.ts'
import { Empty } from '../../pieces/Empty.tsx'
import { EndlessTable } from '../../pieces/EndlessTable.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { SearchField } from '../../pieces/SearchField.tsx'
import { counted } from '../../words.ts'
import { type Mail, mailColumns } from './outbox/columns.tsx'
import { MailPanel } from './outbox/MailPanel.tsx'

const Search = z.object({ search: z.string(), mail: z.string() })

/** Mail of the installation: what went out, what is kept, what failed. */
export function Page() {
  const { mail } = useReply(operator.operatorHealth)
  const [{ search, mail: open }, setAddress] = useAddressState(Search)
  const list = useEndless(operator.listOutbox, { query: { search, limit: 50 } })
  const columns = useMemo(() => mailColumns((id) => void setAddress({ mail: id }, 'push')), [setAddress])
  return (
    <>
      <PageHead title="Outbox" state={stateOf(mail)} />
      <Group mb="sm">
        <SearchField
          value={search ?? ''}
          label="Search by address or subject"
          reading={list.stale}
          onChange={(words) => setAddress({ search: words })}
        />
      </Group>
      <EndlessTable
        label="Mail"
        columns={columns}
        list={list}
        rowKey={keyOf}
        openKey={open}
        heights={{ row: 57, card: 110 }}
        empty={<Nothing search={search} />}
      />
      <MailPanel mail={list.rows.find(({ id }) => id === open)} onClose={() => setAddress({ mail: undefined })} />
    </>
  )
}

const keyOf = ({ id }: Mail) => id

function stateOf(mail: { configured: boolean; queued: number; failed: number }): string {
  if (!mail.configured) {
    return 'No mail server is set (GUILDHALL_SMTP_URL), so every mail is kept here: open one and reveal its link to use it or pass it on.'
  }
  return `${counted(mail.queued, 'mail')} queued, ${mail.failed.toLocaleString('en')} failed. Sent mail stays here for a while.`
}

function Nothing({ search }: { search: string | undefined }) {
  if (search) return <Text mt="md" c="dimmed">{`No mail matches “${search}”.`}</Text>
  return (
    <Empty title="No mail yet" icon={<IconMail size={28} />}>
      Mails that verify addresses, set passwords and warn admins appear here, whether a mail server is set or not.
    </Empty>
  )
}
