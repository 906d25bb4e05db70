import { Alert, Anchor, Code, Stack, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { bulk } from '../../../../api/index.ts'
import { exportAddressOf } from '../../../export-address.ts'
import { problemAt } from '../../../form.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { DropCsv } from '../../../pieces/DropCsv.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
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
        <Refusal error={error} />
        <Text size="sm">
          Begin with the members as they are:{' '}
          <Anchor inherit href={exportAddressOf(bulk.exportMembers, org.name)} download>
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
          <Column name="username" words="Username. Or use email, to invite by email address." />
          <Column
            name="op"
            words={
              <>
                <Code>set</Code>: role and groups become these. <Code>add</Code>: gives more and takes nothing away.{' '}
                <Code>invite</Code>: a non-member. <Code>remove</Code>: ends the membership. Empty means{' '}
                <Code>set</Code>.
              </>
            }
          />
          <Column
            name="role"
            words={
              <>
                <Code>no_access</Code>, <Code>read</Code>, <Code>contributor</Code>, <Code>write</Code> or{' '}
                <Code>admin</Code>. Empty leaves it as it is.
              </>
            }
          />
          <Column
            name="groups"
            words={
              <>
                Resource groups with the role in each, as <Code>vision:write;speech:read</Code>. Empty leaves them as
                they are; a single <Code>-</Code> means none.
              </>
            }
          />
        </dl>
        <CodeBox lines={example} label="an example of a file" />
      </Block>
    </>
  )
}

/** What is wrong with the file as a whole, in words about the file. */
function Refusal({ error }: { error: unknown }) {
  const problem = problemAt(error, 'csv')?.replace(/^This /, 'The file ')
  if (problem === undefined) return <ErrorNote error={error} />
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
      {problem}
    </Alert>
  )
}

function Column({ name, words }: { name: string; words: ReactNode }) {
  return (
    <>
      <dt>
        <Code>{name}</Code>
      </dt>
      <dd>{words}</dd>
    </>
  )
}
