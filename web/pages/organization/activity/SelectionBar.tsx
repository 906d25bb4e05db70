import { Box, Button, Menu, Text } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { orgRoles } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { RoleBadge } from '../../../pieces/RoleBadge.tsx'
import { counted, roleSentences } from '../../../words.ts'
import { whyNotGive } from '../members/roles.ts'
import classes from './SelectionBar.module.css'
import type { Change } from './search.ts'

interface Bar {
  org: Org
  count: number
  onChange: (change: Change) => void
  onClear: () => void
}

/** What can be done with the people who are selected; each is looked at before it is done. */
export function SelectionBar({ org, count, onChange, onClear }: Bar) {
  return (
    <section className={classes.bar} aria-label="Selected people">
      <Text size="sm" fw={500} className={classes.words ?? ''} role="status">
        {counted(count, 'person', 'people')} selected
      </Text>
      <Menu position="top-end" width={320}>
        <Menu.Target>
          <Button size="xs" rightSection={<IconChevronDown size={14} aria-hidden />}>
            Change role…
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {orgRoles.toReversed().map((role) => (
            <Menu.Item key={role} disabled={whyNotGive(org, role) !== undefined} onClick={() => onChange(role)}>
              <Box>
                <RoleBadge role={role} />
                <Text size="xs" c="dimmed" mt={2}>
                  {whyNotGive(org, role) ?? roleSentences[role]}
                </Text>
              </Box>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button size="xs" color="red" variant="outline" onClick={() => onChange('remove')}>
        Remove…
      </Button>
      <Button size="xs" variant="subtle" onClick={onClear}>
        Clear
      </Button>
    </section>
  )
}
