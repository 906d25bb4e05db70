import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { members, type OrgRole } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { SidePanel } from '../../../pieces/Dialog.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { ButtonTo, LinkTo } from '../../../pieces/LinkTo.tsx'
import { Portrait } from '../../../pieces/Portrait.tsx'
import { sayDay, When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { memberSourceWords } from '../../../words.ts'
import { GroupRoles } from './GroupRoles.tsx'
import { Reach } from './Reach.tsx'
import { RoleMenu } from './RoleMenu.tsx'
import { whyNotRemove } from './roles.ts'

interface Panel {
  org: Org
  user: string | undefined
  you: string | undefined
  onPick: (record: members.MemberRecord, role: OrgRole) => void
  onRemove: (user: string) => void
  onClose: () => void
}

/** Everything about one member, at the side of the list. */
export function MemberPanel(panel: Panel) {
  const { user, org } = panel
  const { data, error } = useMaybe(
    members.getMember,
    user === undefined ? undefined : { params: { org: org.name, username: user } },
  )
  return (
    <SidePanel opened={user !== undefined} onClose={panel.onClose} size={460} title="Member">
      {data ? <Record {...panel} record={data} /> : error ? <ErrorNote error={error} /> : <Shape />}
    </SidePanel>
  )
}

function Shape() {
  return (
    <Stack>
      <Skeleton height={48} />
      <Skeleton height={120} />
      <Skeleton height={160} />
    </Stack>
  )
}

function Record({ org, you, record, onPick, onRemove }: Panel & { record: members.MemberRecord }) {
  const self = record.user === you
  const reason = self ? undefined : whyNotRemove(org, record)
  return (
    <Stack gap="lg">
      <Group justify="space-between" wrap="nowrap">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <Portrait name={record.user} fullname={record.fullname} size={44} />
          <div style={{ minWidth: 0 }}>
            <Title order={2} size="h4">
              {record.fullname || record.user}
            </Title>
            <LinkTo to="/$name" params={{ name: record.user }} size="sm">
              {record.user}
            </LinkTo>
          </div>
        </Group>
        <RoleMenu
          org={org}
          name={record.fullname || record.user}
          role={record.role}
          may={record.may}
          mayGrant={record.mayGrant}
          onPick={(role) => onPick(record, role)}
        />
      </Group>
      <Facts record={record} />
      <GroupRoles org={org} record={record} />
      <Reach key={record.user} org={org} user={record.user} name={record.fullname} self={self} />
      <Group gap="sm">
        {!self && record.may.includes('member.offboard') && (
          <ButtonTo
            to="/organizations/$org/settings/members/$user/offboard"
            params={{ org: org.name, user: record.user }}
            size="xs"
          >
            Offboard {record.user}…
          </ButtonTo>
        )}
        <Why reason={reason}>
          <Button
            color="red"
            variant="outline"
            size="xs"
            disabled={reason !== undefined}
            onClick={() => onRemove(record.user)}
          >
            {self ? `Leave ${org.name}…` : `Remove ${record.user}…`}
          </Button>
        </Why>
      </Group>
    </Stack>
  )
}

function Facts({ record }: { record: members.MemberRecord }) {
  const { joinedAt, lastActiveAt, expiresAt, source, twoFaEnabled, isExternalCollaborator } = record
  return (
    <Stack gap={6}>
      <Fact label="Joined">
        <When time={joinedAt} /> <Small>{memberSourceWords[source]}</Small>
      </Fact>
      <Fact label="Last active">{lastActiveAt ? <When time={lastActiveAt} /> : 'Never'}</Fact>
      {twoFaEnabled !== undefined && <Fact label="2FA">{twoFaEnabled ? 'On' : 'Off'}</Fact>}
      <Fact label="Membership ends">{expiresAt ? sayDay(expiresAt) : 'Never'}</Fact>
      {isExternalCollaborator && <Fact label="External">Yes. Doesn’t need SSO.</Fact>}
    </Stack>
  )
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Group gap="sm" wrap="nowrap" align="baseline">
      <Text size="sm" c="dimmed" w={140} flex="none">
        {label}
      </Text>
      <Text size="sm">{children}</Text>
    </Group>
  )
}

function Small({ children }: { children: ReactNode }) {
  return (
    <Text span size="xs" c="dimmed">
      {children}
    </Text>
  )
}
