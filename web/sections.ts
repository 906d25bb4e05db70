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
  IconGitBranch,
  IconHeartbeat,
  IconHistory,
  IconId,
  IconKey,
  IconLifebuoy,
  IconLock,
  IconMail,
  IconMailForward,
  IconSettings,
  IconShieldLock,
  IconUser,
  IconUserPlus,
  IconUserQuestion,
  IconUsers,
  IconUsersGroup,
} from '@tabler/icons-react'

/** A settings page in the left column. */
export interface Section {
  path: string
  label: string
  icon: Icon
  /** The action without which the page has nothing for the reader. */
  needs?: string
  /** Which count of what is pending stands beside it. */
  counts?: 'requests' | 'invitations'
}

/** Sections that belong together, below one heading. */
export interface SectionGroup {
  title?: string
  sections: Section[]
}

/** Settings pages of an organization, below `/organizations/{name}/settings/`. */
export const organizationSections: SectionGroup[] = [
  {
    title: 'General',
    sections: [
      { path: 'profile', label: 'Profile', icon: IconId },
      { path: 'account', label: 'Account and domains', icon: IconBuilding, needs: 'org.viewSettings' },
      { path: 'security', label: 'Security', icon: IconShieldLock, needs: 'org.viewSettings' },
    ],
  },
  {
    title: 'People',
    sections: [
      { path: 'members', label: 'Members', icon: IconUsers, needs: 'member.summary' },
      {
        path: 'invitations',
        label: 'Invitations',
        icon: IconMailForward,
        needs: 'invitation.list',
        counts: 'invitations',
      },
      {
        path: 'requests',
        label: 'Requests to join',
        icon: IconUserQuestion,
        needs: 'request.list',
        counts: 'requests',
      },
      { path: 'imports', label: 'Imports', icon: IconFileImport, needs: 'import.view' },
      { path: 'resource-groups', label: 'Resource groups', icon: IconUsersGroup, needs: 'group.list' },
      { path: 'collaborators', label: 'Collaborators', icon: IconUserPlus, needs: 'collaborator.listOrg' },
    ],
  },
  {
    title: 'Insight',
    sections: [
      { path: 'activity', label: 'Activity', icon: IconActivity, needs: 'activity.view' },
      { path: 'billing', label: 'Billing', icon: IconCreditCard, needs: 'billing.view' },
      { path: 'audit-log', label: 'Audit log', icon: IconHistory, needs: 'audit.search' },
      { path: 'repositories', label: 'Repositories', icon: IconGitBranch, needs: 'repo.listOrg' },
    ],
  },
  {
    title: 'Danger',
    sections: [
      { path: 'recovery', label: 'Recovery', icon: IconLifebuoy, needs: 'recovery.view' },
      { path: 'danger', label: 'Danger zone', icon: IconAlertTriangle },
    ],
  },
]

/** Settings pages of a person, below `/settings/`. */
export const accountSections: SectionGroup[] = [
  {
    sections: [
      { path: 'profile', label: 'Profile', icon: IconUser },
      { path: 'account', label: 'Account', icon: IconSettings },
      { path: 'authentication', label: 'Authentication', icon: IconLock },
      { path: 'tokens', label: 'Access tokens', icon: IconKey },
      { path: 'organizations', label: 'Organizations', icon: IconBuildingBank },
      { path: 'storage', label: 'Storage', icon: IconDatabase },
      { path: 'invitations', label: 'Invitations', icon: IconMailForward, counts: 'invitations' },
    ],
  },
]

/** Pages for site admins, below `/operator/`. */
export const operatorSections: SectionGroup[] = [
  {
    sections: [
      { path: 'health', label: 'Health', icon: IconHeartbeat },
      { path: 'organizations', label: 'Organizations', icon: IconBuildingBank },
      { path: 'people', label: 'People', icon: IconUsers },
      { path: 'storage', label: 'Storage', icon: IconDatabase },
      { path: 'recovery', label: 'Recovery', icon: IconLifebuoy },
      { path: 'outbox', label: 'Outbox', icon: IconMail },
      { path: 'settings', label: 'Settings', icon: IconAdjustments },
      { path: 'audit-log', label: 'Audit log', icon: IconHistory },
    ],
  },
]
