import { Alert, Anchor, Code, Text } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { bulk } from '../../../../api/index.ts'
import { exportAddressOf } from '../../../export-address.ts'
import { problemAt } from '../../../field-problems.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { DropCsv } from '../../../pieces/DropCsv.tsx'
import { ErrorNote } from '../../../pieces/ErrorNote.tsx'
import { PageColumn } from '../../../pieces/PageColumn.tsx'
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

/** Where the file is chosen, and its format. */
export function ChooseFile({ org, error, onRead }: Start) {
  return (
    <>
      <PageColumn gap="sm">
        <DropCsv onRead={onRead} />
        <Refusal error={error} />
        <Text size="sm">
          To start from the current members,{' '}
          <Anchor inherit href={exportAddressOf(bulk.exportMembers, org.name)} download>
            export them as CSV
          </Anchor>
          , edit the file, and upload it here. People who aren’t in the file don’t change.
        </Text>
      </PageColumn>
      <Block
        title="CSV format"
        about={`One line per person, up to ${bulk.bulkLimits.members.toLocaleString('en')}. The first line names the columns, in any order.`}
        apart
      >
        <dl className={classes.columns}>
          <Column name="username" words="The username. Leave empty to invite by email address." />
          <Column
            name="email"
            words={
              <>
                The email address to invite. Use it with <Code>invite</Code>.
              </>
            }
          />
          <Column
            name="op"
            words={
              <>
                <Code>set</Code> sets role and groups (default). <Code>add</Code> adds groups and raises the role.{' '}
                <Code>invite</Code> invites a non-member. <Code>remove</Code> removes a member.
              </>
            }
          />
          <Column
            name="role"
            words={
              <>
                <Code>no_access</Code>, <Code>read</Code>, <Code>contributor</Code>, <Code>write</Code>, or{' '}
                <Code>admin</Code>. Leave empty to keep the role.
              </>
            }
          />
          <Column
            name="groups"
            words={
              <>
                Resource groups with roles, for example <Code>vision:write;speech:read</Code>. Leave empty to keep them.
                Use <Code>-</Code> to remove all.
              </>
            }
          />
        </dl>
        <CodeBox lines={example} label="example file" />
      </Block>
    </>
  )
}

/** What is wrong with the file as a whole. */
function Refusal({ error }: { error: unknown }) {
  const problem = problemAt(error, 'csv', 'The file')
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
