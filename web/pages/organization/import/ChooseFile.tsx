import { Anchor, Code, Stack, Text } from '@mantine/core'
import { bulk } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { DropCsv } from '../../../pieces/DropCsv.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { exportAddress } from '../members/exportAddress.ts'
import classes from './Import.module.css'

interface Start {
  org: Org
  error: unknown
  onRead: (file: { name: string; text: string }) => void
}

const example = `username,email,op,role,groups
ada-example,,set,write,vision:write;speech:read
bo-example,,add,,vision:read
,cy@example.org,invite,read,
dee-example,,remove,,`

/** The beginning: a place for the file, and what stands in one. */
export function ChooseFile({ org, error, onRead }: Start) {
  return (
    <>
      <Stack gap="sm">
        <DropCsv onRead={onRead} />
        <ErrorNote error={error} />
        <Text size="sm">
          Begin with the members as they are:{' '}
          <Anchor inherit href={exportAddress(org.name)} download>
            export them as CSV
          </Anchor>
          , change what is to be different, and bring the file back. People the file does not name stay as they are.
        </Text>
      </Stack>
      <Block
        title="What stands in the file"
        about={`One line a person, at most ${bulk.bulkLimits.members.toLocaleString('en')}; the first line names the columns, in any order.`}
        wide
        apart
      >
        <dl className={classes.columns}>
          <Column name="username" words="Who. Or email, for somebody who is to be invited by an address." />
          <Column
            name="op"
            words="set: role and groups are to be these. add: gives more, takes nothing away. invite: somebody who is no member yet. remove. Empty is set."
          />
          <Column name="role" words="no_access, read, contributor, write or admin. Empty leaves it." />
          <Column
            name="groups"
            words="Resource groups with the role in each, name:role, separated by semicolons. Empty leaves them; a single - is: in none."
          />
        </dl>
        <CodeBox lines={example} label="an example of a file" />
      </Block>
    </>
  )
}

function Column({ name, words }: { name: string; words: string }) {
  return (
    <>
      <dt>
        <Code>{name}</Code>
      </dt>
      <dd>{words}</dd>
    </>
  )
}
