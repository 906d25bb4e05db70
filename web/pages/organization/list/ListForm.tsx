import { Button, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { bulk, type OrgRole } from '../../../../api/index.ts'
import { beside, problemAt } from '../../../field-problems.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { CodeBox } from '../../../pieces/CodeBox.tsx'
import { DropCsv } from '../../../pieces/DropCsv.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { Why } from '../../../pieces/Why.tsx'
import { counted } from '../../../words.ts'
import { DaysField, RoleField } from '../invitations/fields.tsx'
import { GroupPicks } from '../invitations/GroupPicks.tsx'
import { readList } from './rows.ts'
import type { ListWish } from './wish.ts'

interface Part {
  org: Org
  wish: ListWish
  usual: OrgRole
  error: unknown
  onChange: (wish: ListWish) => void
  onSubmit: () => void
}

const most = bulk.bulkLimits.invitations
const lifetimes = [1, 3, 7, 14, 30]
const example = `email,role,groups
ada@example.org,write,vision:write;speech:read
bo@example.org,read,
cy@example.org,,`

// Where a refusal has its place.
const placed = ['csv', 'rows', 'role', 'emailDomain', 'message']

/** The list of people, with the role and the rest for rows that name none. */
export function ListForm({ org, wish, usual, error, onChange, onSubmit }: Part) {
  const count = readList(wish.text)?.count ?? 0
  const reason = whyNotYet(count)
  const set = (change: Partial<ListWish>) => onChange({ ...wish, ...change })
  return (
    <Form
      label="Invite from a list"
      error={error}
      rest={beside(error, placed)}
      onSubmit={() => reason === undefined && onSubmit()}
    >
      <Stack gap="sm">
        <DropCsv onRead={({ text }) => set({ text })} />
        <Textarea
          label="Or paste people here"
          description={`Email addresses or usernames, one per line, up to ${most.toLocaleString('en')}.`}
          placeholder={'ada@example.org\nbo@example.org'}
          autosize
          minRows={6}
          maxRows={16}
          spellCheck={false}
          autoCapitalize="none"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          value={wish.text}
          error={count > most ? reason : (problemAt(error, 'csv', 'The file') ?? problemAt(error, 'rows', 'The list'))}
          onChange={({ currentTarget }) => set({ text: currentTarget.value })}
        />
        <Text size="sm" c="dimmed" role="status">
          {count > 0 && `${counted(count, 'person', 'people')}`}
        </Text>
      </Stack>
      <Block title="For everyone on the list" about="Rows with their own role or groups keep them." apart>
        <Defaults org={org} wish={wish} usual={usual} error={error} onChange={set} />
        <Group>
          <Why reason={reason}>
            <Button type="submit" variant="filled" disabled={reason !== undefined}>
              {count === 0 || count > most ? 'Preview invitations' : `Preview ${counted(count, 'invitation')}`}
            </Button>
          </Why>
        </Group>
      </Block>
      <Block
        title="CSV format"
        about="The first line names the columns: email or username, and optionally role and groups (name:role, separated by semicolons)."
        apart
      >
        <CodeBox lines={example} label="example list" />
      </Block>
    </Form>
  )
}

function whyNotYet(count: number): string | undefined {
  if (count === 0) return 'Add people to the list first.'
  if (count <= most) return undefined
  return `The list has ${count.toLocaleString('en')} people. Invite up to ${most.toLocaleString('en')} at a time.`
}

interface ForAll extends Omit<Part, 'onChange' | 'onSubmit'> {
  onChange: (change: Partial<ListWish>) => void
}

function Defaults({ org, wish, usual, error, onChange }: ForAll) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'start' }}>
        <RoleField
          org={org}
          value={wish.role ?? usual}
          error={problemAt(error, 'role', 'Role')}
          onChange={(role) => onChange({ role })}
        />
        <DaysField choices={lifetimes} value={wish.days} onChange={(days) => onChange({ days })} />
      </SimpleGrid>
      <GroupPicks org={org} picks={wish.groups} onChange={(groups) => onChange({ groups })} />
      <TextInput
        label="Only this email domain"
        description="Optional. Skips all other addresses."
        placeholder="example.org"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={253}
        value={wish.emailDomain}
        error={problemAt(error, 'emailDomain', 'The domain')}
        onChange={({ currentTarget }) => onChange({ emailDomain: currentTarget.value })}
      />
      <Textarea
        label="Message"
        description="Optional. Included in the email."
        autosize
        minRows={2}
        maxRows={8}
        maxLength={1000}
        value={wish.message}
        error={problemAt(error, 'message', 'Message')}
        onChange={({ currentTarget }) => onChange({ message: currentTarget.value })}
      />
    </>
  )
}
