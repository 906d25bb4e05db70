import { IconMail } from '@tabler/icons-react'
import { useMemo } from 'react'
import { z } from 'zod'
import { operator } from '../../../api/index.ts'
import { useAddressState } from '../../address-state.ts'
import { useEndless } from '../../endless.ts'
import { useReply } from '../../hub.ts'
import { ListPage } from '../../pieces/ListPage.tsx'
import { counted } from '../../words.ts'
import { type Mail, mailColumns } from './outbox/columns.tsx'
import { MailPanel } from './outbox/MailPanel.tsx'

const Search = z.object({ search: z.string(), mail: z.string() })

/** Emails of the instance: sent, not sent, and failed. */
export function Page() {
  const { mail } = useReply(operator.operatorHealth)
  const [{ search, mail: open }, setAddress] = useAddressState(Search)
  const list = useEndless(operator.listOutbox, { query: { search, limit: 50 } })
  const hasErrors = list.rows.some(({ error }) => error !== null)
  const columns = useMemo(
    () => mailColumns(hasErrors, (id) => void setAddress({ mail: id }, 'push')),
    [hasErrors, setAddress],
  )
  return (
    <ListPage
      head={{ title: 'Outbox', state: stateOf(mail), guide: 'mail' }}
      things="emails"
      label="Emails"
      search={{
        label: 'Search by address or subject',
        value: search,
        onChange: (words) => setAddress({ search: words }),
      }}
      onClear={search ? () => setAddress({ search: undefined }) : undefined}
      columns={columns}
      list={list}
      rowKey={keyOf}
      openKey={open}
      heights={{ row: 57, card: 110 }}
      empty={{
        title: 'No emails',
        icon: <IconMail size={28} />,
        guide: 'mail',
        children:
          'Verification emails, invitations, and warnings to admins appear here, with or without a mail server.',
      }}
    >
      <MailPanel mail={list.rows.find(({ id }) => id === open)} onClose={() => setAddress({ mail: undefined })} />
    </ListPage>
  )
}

const keyOf = ({ id }: Mail) => id

function stateOf(mail: { configured: boolean; queued: number; failed: number }): string {
  if (!mail.configured) {
    return 'No mail server (GUILDHALL_SMTP_URL). Emails are not sent. Open one and reveal its link to pass it on.'
  }
  return `${counted(mail.queued, 'email')} queued · ${mail.failed.toLocaleString('en')} failed`
}
