import type { Icon } from '@tabler/icons-react'
import {
  IconActivity,
  IconAdjustments,
  IconAlertTriangle,
  IconBuilding,
  IconBuildingBank,
  IconCreditCard,
  IconDatabase,
  IconFileImport,
  IconGauge,
  IconGitBranch,
  IconHeartbeat,
  IconHistory,
  IconId,
  IconKey,
  IconLifebuoy,
  IconLock,
  IconLogin2,
  IconMail,
  IconMailForward,
  IconRobot,
  IconSettings,
  IconShieldLock,
  IconUser,
  IconUserCog,
  IconUserPlus,
  IconUserQuestion,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'
import { type Path, type Place, place } from './places.ts'

type SectionPath = Extract<
  Path,
  `/organizations/$org/settings/${string}` | `/settings/${string}` | `/operator/${string}`
>

/** A settings page in the left column. */
export interface Section {
  to: SectionPath
  label: string
  icon: Icon
  /** The action without which the page has nothing for the reader. */
  needs?: string
  /** Which count of what is pending stands beside it. */
  counts?: 'requests' | 'invitations' | 'tokens'
}

/** Sections that belong together, below one heading. */
export interface SectionGroup {
  title?: string
  sections: Section[]
}

/** Settings pages of an organization, below `/organizations/$org/settings/`. */
export const organizationSections: SectionGroup[] = [
  {
    title: 'General',
    sections: [
      { to: '/organizations/$org/settings/profile', label: 'Profile', icon: IconId },
      {
        to: '/organizations/$org/settings/account',
        label: 'Account and domains',
        icon: IconBuilding,
        needs: 'org.viewSettings',
      },
      {
        to: '/organizations/$org/settings/security',
        label: 'Security',
        icon: IconShieldLock,
        needs: 'org.viewSettings',
      },
    ],
  },
  {
    title: 'People',
    sections: [
      { to: '/organizations/$org/settings/members', label: 'Members', icon: IconUsers, needs: 'member.summary' },
      {
        to: '/organizations/$org/settings/invitations',
        label: 'Invitations',
        icon: IconMailForward,
        needs: 'invitation.list',
        counts: 'invitations',
      },
      {
        to: '/organizations/$org/settings/requests',
        label: 'Requests to join',
        icon: IconUserQuestion,
        needs: 'request.list',
        counts: 'requests',
      },
      { to: '/organizations/$org/settings/imports', label: 'Imports', icon: IconFileImport, needs: 'import.view' },
      {
        to: '/organizations/$org/settings/resource-groups',
        label: 'Resource groups',
        icon: IconUsersGroup,
        needs: 'group.list',
      },
      {
        to: '/organizations/$org/settings/collaborators',
        label: 'Collaborators',
        icon: IconUserPlus,
        needs: 'collaborator.listOrg',
      },
    ],
  },
  {
    title: 'Access',
    sections: [
      {
        to: '/organizations/$org/settings/sso',
        label: 'Single sign-on (SSO)',
        icon: IconLogin2,
        needs: 'sso.view',
      },
      {
        to: '/organizations/$org/settings/tokens',
        label: 'Tokens',
        icon: IconKey,
        needs: 'orgToken.list',
        counts: 'tokens',
      },
      {
        to: '/organizations/$org/settings/service-accounts',
        label: 'Service accounts',
        icon: IconRobot,
        needs: 'orgToken.view',
      },
      { to: '/organizations/$org/settings/scim', label: 'SCIM', icon: IconUserCog, needs: 'scim.view' },
    ],
  },
  {
    title: 'Insight',
    sections: [
      { to: '/organizations/$org/settings/activity', label: 'Activity', icon: IconActivity, needs: 'activity.view' },
      { to: '/organizations/$org/settings/billing', label: 'Billing', icon: IconCreditCard, needs: 'billing.view' },
      { to: '/organizations/$org/settings/audit-log', label: 'Audit log', icon: IconHistory, needs: 'audit.search' },
      {
        to: '/organizations/$org/settings/repositories',
        label: 'Repositories',
        icon: IconGitBranch,
        needs: 'repo.listOrg',
      },
    ],
  },
  {
    title: 'Danger',
    sections: [
      { to: '/organizations/$org/settings/recovery', label: 'Recovery', icon: IconLifebuoy, needs: 'recovery.view' },
      { to: '/organizations/$org/settings/danger', label: 'Danger zone', icon: IconAlertTriangle, needs: 'org.update' },
    ],
  },
]

/** Settings pages of a person, below `/settings/`. */
export const accountSections: SectionGroup[] = [
  {
    sections: [
      { to: '/settings/profile', label: 'Profile', icon: IconUser },
      { to: '/settings/account', label: 'Account', icon: IconSettings },
      { to: '/settings/authentication', label: 'Authentication', icon: IconLock },
      { to: '/settings/tokens', label: 'Access tokens', icon: IconKey },
      { to: '/settings/organizations', label: 'Organizations', icon: IconBuildingBank },
      { to: '/settings/storage', label: 'Storage', icon: IconDatabase },
      { to: '/settings/rate-limits', label: 'Rate limits', icon: IconGauge },
      { to: '/settings/invitations', label: 'Invitations', icon: IconMailForward, counts: 'invitations' },
    ],
  },
]

/** Pages for site admins, below `/operator/`. */
export const operatorSections: SectionGroup[] = [
  {
    sections: [
      { to: '/operator/health', label: 'Health', icon: IconHeartbeat },
      { to: '/operator/organizations', label: 'Organizations', icon: IconBuildingBank },
      { to: '/operator/people', label: 'People', icon: IconUsers },
      { to: '/operator/storage', label: 'Storage', icon: IconDatabase },
      { to: '/operator/recovery', label: 'Recovery', icon: IconLifebuoy },
      { to: '/operator/outbox', label: 'Outbox', icon: IconMail },
      { to: '/operator/settings', label: 'Settings', icon: IconAdjustments },
      { to: '/operator/audit-log', label: 'Audit log', icon: IconHistory },
    ],
  },
]

/** A section of the settings of an organization; members where none is open. */
export function sectionPlace(section: Section | undefined, org: string): Place {
  return place({ to: section?.to ?? '/organizations/$org/settings/members', params: { org } })
}

/** Which section a page belongs to, by its path as web/routes.tsx declares it. */
export function sectionAt(groups: SectionGroup[], path: string): Section | undefined {
  const sections = groups.flatMap((group) => group.sections)
  return sections.find(({ to }) => path === to || path.startsWith(`${to}/`))
}
