import { ActionIcon, Button, Menu, Text } from '@mantine/core'
import { IconDots, IconLink } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { joining } from '../../../../api/index.ts'
import { useEndless } from '../../../endless.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import type { Column } from '../../../pieces/columns.ts'
import { Empty } from '../../../pieces/Empty.tsx'
import { EndlessTable } from '../../../pieces/EndlessTable.tsx'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { RowMenu, type RowMenuButton } from '../../../pieces/RowMenu.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { SsoJoinLink } from '../sso/SsoJoinLink.tsx'
import { EndLink, linkName, RenewLink } from './LinkDeeds.tsx'
import { NewLink } from './NewLink.tsx'

type Row = joining.InviteLink
type Deed = 'regenerate' | 'revoke'
type Ask = (deed: Deed, link: Row) => void

/** The invite links, with their uses and actions. */
export function Links({ org }: { org: Org }) {
  const list = useEndless(joining.listInviteLinks, { params: { org: org.name }, query: { limit: 100 } })
  const [creating, setCreating] = useState(false)
  const [asked, setAsked] = useState<{ deed: Deed; link: Row }>()
  const columns = useMemo(() => linkColumns((deed, link) => setAsked({ deed, link })), [])
  const reason = whyNot(org, 'inviteLink.create', 'You need the admin role to create invite links.')
  const usesSso = org.sso !== undefined
  const close = () => setAsked(undefined)
  const button = (
    <Why reason={reason}>
      <Button disabled={reason !== undefined} onClick={() => setCreating(true)}>
        Create invite link
      </Button>
    </Why>
  )
  return (
    <Block
      title="Invite links"
      about={usesSso ? ssoWords : 'Anyone with an active invite link can join until it expires or runs out of uses.'}
      wide
      apart
    >
      {usesSso && (
        <div>
          <SsoJoinLink org={org} />
        </div>
      )}
      {list.rows.length > 0 && !usesSso && <div>{button}</div>}
      <EndlessTable
        label={`Invite links of ${org.name}`}
        columns={columns}
        list={list}
        rowKey={({ id }) => id}
        heights={{ row: 57, card: 190 }}
        empty={usesSso ? <Text size="sm">No invite links</Text> : <NoLink action={button} />}
      />
      <NewLink org={org} opened={creating} onClose={() => setCreating(false)} />
      {asked?.deed === 'regenerate' && <RenewLink org={org} link={asked.link} onClose={close} />}
      {asked?.deed === 'revoke' && <EndLink org={org} link={asked.link} onClose={close} />}
    </Block>
  )
}

const ssoWords = 'Invite links don’t work while single sign-on (SSO) is on. People join with the SSO join link.'

function NoLink({ action }: { action: ReactNode }) {
  return (
    <Empty title="No invite links" icon={<IconLink size={28} />} action={action}>
      Share one link with a whole course or team. You choose the role, the expiration, and optionally a number of uses
      and an email domain.
    </Empty>
  )
}

function linkColumns(onAsk: Ask): Column<Row>[] {
  return [
    { id: 'link', header: 'Link', card: 'title', cell: (link) => <Name link={link} /> },
    { id: 'role', header: 'Role', width: '130px', cell: ({ role }) => <RoleBadge role={role} /> },
    { id: 'uses', header: 'Uses', width: '120px', cell: usesOf },
    { id: 'state', header: 'Expires', width: '170px', cell: (link) => <State link={link} /> },
    {
      id: 'more',
      header: 'Actions',
      quiet: true,
      width: '56px',
      card: 'aside',
      cell: (link) => <More link={link} onAsk={onAsk} />,
    },
  ]
}

function Name({ link }: { link: Row }) {
  const { last4, emailDomain, createdBy, createdAt } = link
  return (
    <>
      <Text size="sm" fw={500} truncate>
        {linkName(link)}{' '}
        <Text span size="xs" c="dimmed" className="mono">
          …{last4}
        </Text>
      </Text>
      <Text size="xs" c="dimmed" truncate>
        {emailDomain && `Only @${emailDomain} · `}
        Created by {createdBy?.user ?? 'a deleted account'} <When time={createdAt} />
      </Text>
    </>
  )
}

function usesOf({ uses, maxUses }: Row): string {
  const used = uses.toLocaleString('en')
  return maxUses === null ? used : `${used} of ${maxUses.toLocaleString('en')}`
}

const voidReason = 'Its creator can no longer invite people, so this link doesn’t work. Regenerate it in your name.'

function State({ link: { state, expiresAt } }: { link: Row }) {
  if (state === 'active') return <When time={expiresAt} />
  if (state === 'void') {
    return (
      <Why reason={voidReason}>
        <Word tone="danger">not valid</Word>
      </Why>
    )
  }
  return <Word tone={state === 'revoked' ? 'plain' : 'warn'}>{state === 'used_up' ? 'used up' : state}</Word>
}

function More({ link, onAsk }: { link: Row; onAsk: Ask }) {
  if (link.state === 'revoked') return null
  const button = (props: RowMenuButton) => (
    <ActionIcon {...props} variant="subtle" color="gray" aria-label={`Actions for ${linkName(link)}`}>
      <IconDots size={18} aria-hidden />
    </ActionIcon>
  )
  return (
    <RowMenu position="bottom-end" width={210} button={button}>
      {() => (
        <>
          <Menu.Item onClick={() => onAsk('regenerate', link)}>Regenerate link…</Menu.Item>
          <Menu.Item color="red" onClick={() => onAsk('revoke', link)}>
            Revoke link…
          </Menu.Item>
        </>
      )}
    </RowMenu>
  )
}
