import { organizations } from '../../../api/index.ts'
import { usePathName } from '../../address-state.ts'
import { useReply } from '../../hub.ts'

import { SettingsLayout } from '../../pieces/SettingsLayout.tsx'
import { organizationSections } from '../../sections.ts'

/** The frame around the settings pages of an organization. */
export function Page() {
  const org = usePathName('org')
  const { name } = useReply(organizations.getOrganization, { params: { org } })
  return (
    <SettingsLayout
      context={{ kind: 'organization', name }}
      base={`/organizations/${encodeURIComponent(org)}/settings`}
      sections={organizationSections}
    />
  )
}
