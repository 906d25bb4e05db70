import { Button, Group, Text } from '@mantine/core'
import { useState } from 'react'
import type { recovery } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { PageColumn } from '../../../pieces/PageColumn.tsx'
import { Word } from '../../../pieces/Word.tsx'
import { Begin } from './Begin.tsx'
import type { State } from './HealthNote.tsx'
import classes from './Ways.module.css'

type Way = State['paths'][number]

const titles: Record<recovery.RecoveryPath, string> = {
  successor: 'As a successor',
  domain: 'By verified domain',
  operators: 'By site admins',
}
const about: Record<recovery.RecoveryPath, string> = {
  successor: 'The first successor becomes admin immediately.',
  domain:
    'A member with an address in a verified domain publishes a DNS record, other members confirm, and a waiting period passes in which any admin can object.',
  operators: 'Two site admins agree and give a written reason. Admins and members with write or higher are notified.',
}
const beginWords: Record<recovery.RecoveryPath, string> = {
  successor: 'Become admin…',
  domain: 'Open recovery request…',
  operators: '',
}

/** The recovery options, each with whether you can use it, and why or why not. */
export function Ways({ org, state }: { org: Org; state: State }) {
  const [chosen, setChosen] = useState<Way>()
  return (
    <PageColumn gap={0}>
      {state.paths.map((way) => (
        <WayRow key={way.path} way={way} isOpen={state.isOpen} onBegin={() => setChosen(way)} />
      ))}
      {chosen && chosen.path !== 'operators' && (
        <Begin org={org} path={chosen.path} domains={chosen.domains} onClose={() => setChosen(undefined)} />
      )}
    </PageColumn>
  )
}

function WayRow({ way: { path, possible, why }, isOpen, onBegin }: { way: Way; isOpen: boolean; onBegin: () => void }) {
  return (
    <div className={classes.way}>
      <div className={classes.words}>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {titles[path]}
          </Text>
          {isOpen && path !== 'operators' && (
            <Word tone={possible ? 'accent' : 'plain'}>{possible ? 'available' : 'not available'}</Word>
          )}
        </Group>
        {!(isOpen && possible) && (
          <Text size="sm" c="dimmed">
            {about[path]}
          </Text>
        )}
        {isOpen && (
          <Text size="sm" mt={2}>
            {why}
          </Text>
        )}
      </div>
      {possible && path !== 'operators' && (
        <Button variant="filled" onClick={onBegin}>
          {beginWords[path]}
        </Button>
      )}
    </div>
  )
}
