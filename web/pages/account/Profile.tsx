import { Button, Group, Text, Textarea, TextInput } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { useApiForm } from '../../form.ts'
import { client, useReply } from '../../hub.ts'
import { showDone } from '../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageColumn } from '../../pieces/PageColumn.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { PictureField } from '../../pieces/PictureField.tsx'
import { When } from '../../pieces/When.tsx'

/** What others see of you. */
export function Page() {
  const account = useReply(users.getAccount)
  return (
    <>
      <PageHead
        title="Profile"
        state={
          <>
            {account.name} · joined <When time={account.createdAt} /> · shown on{' '}
            <LinkTo to="/$name" params={{ name: account.name }} inherit>
              your public page
            </LinkTo>
          </>
        }
      />
      <PageColumn gap="lg">
        <PictureField
          of={{ name: account.name, fullname: account.fullname }}
          upload={(image) => client.call(users.setAvatar, { body: { image } })}
          remove={() => client.call(users.deleteAvatar)}
        />
        <ProfileForm account={account} />
      </PageColumn>
    </>
  )
}

function ProfileForm({ account }: { account: users.Account }) {
  const { fullname, details, managedBy } = account
  const form = useApiForm(users.updateAccount, {
    start: { fullname, details },
    input: (body) => ({ body: managedBy === null ? body : { details: body.details } }),
    after: () => showDone('Profile updated.'),
  })
  return (
    <ApiForm of={form} label="Profile">
      {managedBy === null ? (
        <TextInput
          label="Full name"
          description="Shown next to your username."
          autoComplete="name"
          maxLength={100}
          required
          {...form.field('fullname')}
        />
      ) : (
        <ManagedName fullname={fullname} managedBy={managedBy} />
      )}
      <Textarea
        label="Bio"
        description="Optional. Supports Markdown."
        autosize
        minRows={4}
        maxLength={1000}
        {...form.field('details')}
      />
      <Group>
        <Button type="submit" variant="filled" loading={form.change.isPending} disabled={!form.isChanged}>
          Save profile
        </Button>
      </Group>
    </ApiForm>
  )
}

function ManagedName({ fullname, managedBy }: { fullname: string; managedBy: string }) {
  return (
    <div>
      <Text size="sm" fw={600}>
        Full name
      </Text>
      <Text size="sm">{fullname}</Text>
      <Text size="xs" c="dimmed">
        {managedBy} manages your account. Its identity provider decides your full name.
      </Text>
    </div>
  )
}
