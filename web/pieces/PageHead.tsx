import { Group, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { Guide } from '../guides.ts'
import { useInstance } from '../session.ts'
import { GuideLink } from './GuideLink.tsx'
import { pageColumnWidth } from './PageColumn.tsx'

// Unlike a margin, it takes no room where the line breaks. The wide one stays at the end of its line.
const wideSpace = '\u2002 '

/** How every page begins: its title, one sentence that tells the state, the guide, and its one primary action. */
export function PageHead(props: { title: string; state?: ReactNode; action?: ReactNode; of?: string; guide?: Guide }) {
  const { name } = useInstance()
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg">
      <title>{[props.title, props.of, name].filter(Boolean).join(' · ')}</title>
      <div style={{ flex: '1 1 16rem', minWidth: 0 }}>
        <Title order={1}>{props.title}</Title>
        {(props.state !== undefined || props.guide) && (
          <Text
            component="div"
            className="sentence"
            c="dimmed"
            mt={4}
            maw={pageColumnWidth}
            style={{ overflowWrap: 'anywhere' }}
          >
            {props.state}
            {props.guide && (
              <>
                {props.state && wideSpace}
                <GuideLink guide={props.guide} />
              </>
            )}
          </Text>
        )}
      </div>
      {props.action}
    </Group>
  )
}
