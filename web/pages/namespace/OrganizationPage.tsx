import { Alert, Anchor, Badge, Group, Skeleton, Stack, Text, Title, Tooltip } from '@mantine/core'
import { IconLink, IconRosetteDiscountCheck, IconSettings } from '@tabler/icons-react'
import { groups, members, organizations } from '../../../api/index.ts'
import { useMaybe } from '../../hub.ts'
import type { Org } from '../../organization.ts'
import { ButtonTo, LinkTo } from '../../pieces/LinkTo.tsx'
import { Markdown } from '../../pieces/Markdown.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
import { RoleBadge } from '../../pieces/RoleBadge.tsx'
import { SsoBanner } from '../../pieces/SsoBanner.tsx'
import { SsoNeeded } from '../../pieces/SsoNeeded.tsx'
import { TurnOnTwoFactorLink } from '../../pieces/TwoFactorNeeded.tsx'
import { useInstance } from '../../session.ts'
import { counted } from '../../words.ts'
import { AskToJoin } from './AskToJoin.tsx'
import classes from './Namespace.module.css'
import { Repositories } from './Repositories.tsx'
import { SetupChecklist } from './SetupChecklist.tsx'

/** An organization as everybody sees it: who they are, their repositories, some of their people. */
export function OrganizationPage({ org }: { org: Org }) {
  const hub = useInstance()
  return (
    <div className={classes.columns}>
      <title>{`${org.fullname || org.name} · ${hub.name}`}</title>
      <Stack gap="lg" miw={0}>
        <Head org={org} />
        {org.blockedBy.includes('mfa') && (
          <Text size="sm">
            {org.name} requires two-factor authentication (2FA). <TurnOnTwoFactorLink /> to get access.
          </Text>
        )}
        {org.blockedBy.includes('sso') && (
          <Alert variant="light" aria-label="Single sign-on">
            <SsoNeeded organization={org.name} />
          </Alert>
        )}
        <SsoBanner org={org} />
        <Counted org={org} />
      </Stack>
      <Stack gap="lg">
        {org.details && <Markdown text={org.details} />}
        {org.website && (
          <Anchor
            href={org.website}
            rel="noopener noreferrer nofollow"
            target="_blank"
            size="sm"
            className={classes.website}
          >
            <IconLink size={16} aria-hidden /> {org.website.replace(/^https?:\/\//, '')}
          </Anchor>
        )}
        <People org={org} />
      </Stack>
    </div>
  )
}

// The checklist and the list of repositories, which both count them
function Counted({ org }: { org: Org }) {
  const isMember = org.role !== null && org.blockedBy.length === 0
  const params = { org: org.name }
  const { data: overview } = useMaybe(organizations.organizationOverview, { params })
  const { data: summaries } = useMaybe(groups.listGroupSummaries, isMember ? { params } : undefined)
  const counts = overview && {
    models: overview.numModels,
    datasets: overview.numDatasets,
    spaces: overview.numSpaces,
  }
  return (
    <>
      <SetupChecklist org={org} repositories={counts && counts.models + counts.datasets + counts.spaces} />
      <Repositories
        namespace={org.name}
        mayCreate={org.may.includes('repo.create')}
        seesPrivate={isMember}
        hiddenUntil={hiddenUntil(org)}
        groups={summaries?.map(({ name }) => name)}
        counts={counts}
      />
    </>
  )
}

function hiddenUntil({ blockedBy, sso }: Org): string | undefined {
  if (blockedBy.includes('mfa')) return 'Turn on 2FA to see private repositories.'
  if (blockedBy.includes('sso') || sso?.breakGlassUntil) return 'Sign in with SSO to see private repositories.'
  return undefined
}

function Head({ org }: { org: Org }) {
  return (
    <Group align="center" gap="md">
      <Portrait name={org.name} fullname={org.fullname} size={64} square />
      <div className={classes.words}>
        <Group gap={8}>
          <Title order={1}>{org.fullname || org.name}</Title>
          {org.isVerified && (
            <Tooltip label="This organization verified an email domain.">
              <Badge
                variant="default"
                tt="none"
                radius="sm"
                leftSection={<IconRosetteDiscountCheck size={14} aria-hidden />}
              >
                verified
              </Badge>
            </Tooltip>
          )}
        </Group>
        <Group gap={8}>
          {org.fullname !== org.name && <Text c="dimmed">{org.name}</Text>}
          {org.role && <RoleBadge role={org.role} />}
        </Group>
      </div>
      {org.may.includes('org.viewSettings') && (
        <ButtonTo
          to="/organizations/$org/settings/members"
          params={{ org: org.name }}
          leftSection={<IconSettings size={16} aria-hidden />}
        >
          Settings
        </ButtonTo>
      )}
      <AskToJoin org={org} />
    </Group>
  )
}

const shownPeople = 20

function People({ org }: { org: Org }) {
  const { data } = useMaybe(members.listMembers, { params: { org: org.name }, query: { limit: shownPeople } })
  const title = org.numUsers === undefined ? 'Members' : counted(org.numUsers, 'member')
  return (
    <section aria-label="Members">
      <Title order={2} size="h5" mb="sm">
        {org.may.includes('org.viewSettings') ? (
          <LinkTo inherit to="/organizations/$org/settings/members" params={{ org: org.name }}>
            {title}
          </LinkTo>
        ) : (
          title
        )}
      </Title>
      {!data && <Skeleton height={80} />}
      {data?.length === 0 && (
        <Text size="sm" c="dimmed">
          The member list isn’t public.
        </Text>
      )}
      {data && data.length > 0 && (
        <Group gap={6}>
          {data.map(({ _id, user, fullname }) => (
            <Tooltip key={_id} label={fullname || user}>
              <span>
                <LinkTo to="/$name" params={{ name: user }} aria-label={fullname || user}>
                  <Portrait name={user} fullname={fullname} size={34} />
                </LinkTo>
              </span>
            </Tooltip>
          ))}
          <More org={org} shown={data.length} />
        </Group>
      )}
    </section>
  )
}

function More({ org, shown }: { org: Org; shown: number }) {
  const rest = (org.numUsers ?? shown) - shown
  if (rest <= 0) return null
  const words = `+${rest.toLocaleString('en')} more`
  if (!org.may.includes('org.viewSettings')) {
    return (
      <Text size="sm" c="dimmed">
        {words}
      </Text>
    )
  }
  return (
    <LinkTo size="sm" to="/organizations/$org/settings/members" params={{ org: org.name }}>
      {words}
    </LinkTo>
  )
}
