import { Button, Group, Stack, Text } from '@mantine/core'
import { useState } from 'react'
import type { recovery } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Word } from '../../../pieces/Word.tsx'
import { Begin } from './Begin.tsx'
import type { State } from './HealthNote.tsx'
import classes from './Ways.module.css'

type Way = State['paths'][number]

const titles: Record<recovery.RecoveryPath, string> = {
  successor: 'As a successor',
  domain: 'By proof of a domain',
  operators: 'By the operators of this hub',
}
const about: Record<recovery.RecoveryPath, string> = {
  successor: 'The successor that the admins named becomes admin immediately.',
  domain:
    'A member with an address in a domain of the organization publishes a record in its DNS, others confirm, and some days pass in which any admin can stop it.',
  operators: 'Operators give a written reason and agree with each other; everybody concerned is told, and time passes.',
}
const beginWords: Record<recovery.RecoveryPath, string> = {
  successor: 'Become admin…',
  domain: 'Begin…',
  operators: '',
}

/** The ways to an admin, each with whether you could take it, and why or why not. */
export function Ways({ org, state }: { org: Org; state: State }) {
  const [chosen, setChosen] = useState<Way>()
  return (
    <Stack gap={0} maw={720}>
      {state.paths.map((way) => (
        <WayRow key={way.path} way={way} isOpen={state.isOpen} onBegin={() => setChosen(way)} />
      ))}
      {chosen && chosen.path !== 'operators' && (
        <Begin org={org} path={chosen.path} domains={chosen.domains} onClose={() => setChosen(undefined)} />
      )}
    </Stack>
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
            <Word tone={possible ? 'accent' : 'plain'}>{possible ? 'open to you' : 'not for you'}</Word>
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
