import { Button, Menu } from '@mantine/core'
import { IconChevronDown, IconDownload, IconUpload, IconUserOff } from '@tabler/icons-react'
import { billing, bulk } from '../../../../api/index.ts'
import { exportAddressOf } from '../../../export-address.ts'
import type { Org } from '../../../organization.ts'
import { MenuItemTo } from '../../../pieces/LinkTo.tsx'

/** What is done rarely with all members: export, import, and offboarded people. */
export function MoreMenu({ org }: { org: Org }) {
  const mayExport = org.may.includes('member.export')
  const mayImport = org.may.includes('member.bulk')
  const seesOffboarded = org.may.includes('offboarding.list')
  const params = { org: org.name }
  if (!mayExport && !mayImport && !seesOffboarded) return null
  return (
    <Menu position="bottom-end" width={250}>
      <Menu.Target>
        <Button rightSection={<IconChevronDown size={16} aria-hidden />}>More</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {mayExport && (
          <Menu.Item
            component="a"
            href={exportAddressOf(bulk.exportMembers, org.name)}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export members as CSV
          </Menu.Item>
        )}
        {org.may.includes('activity.view') && (
          <Menu.Item
            component="a"
            href={exportAddressOf(billing.exportActivity, org.name)}
            download
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            Export activity as CSV
          </Menu.Item>
        )}
        {mayImport && (
          <MenuItemTo
            to="/organizations/$org/settings/members/import"
            params={params}
            leftSection={<IconUpload size={16} aria-hidden />}
          >
            Import from CSV
          </MenuItemTo>
        )}
        {seesOffboarded && (
          <MenuItemTo
            to="/organizations/$org/settings/members/offboardings"
            params={params}
            leftSection={<IconUserOff size={16} aria-hidden />}
          >
            View offboarded people
          </MenuItemTo>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
