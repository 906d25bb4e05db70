import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core'
import { users } from '../../../api/index.ts'
import { namespaceAddress } from '../../addresses.ts'
import { useFields } from '../../form.ts'
import { useChange, useReply } from '../../hub.ts'
import { showDone } from '../../pieces/ErrorNote.tsx'
import { Form } from '../../pieces/Form.tsx'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { Portrait } from '../../pieces/Portrait.tsx'
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
            You are {account.name}, here since <When time={account.createdAt} />. Everybody sees this on{' '}
            <LinkTo to={namespaceAddress(account.name)} inherit>
              your page
            </LinkTo>
            .
          </>
        }
      />
      <Group align="flex-start" gap="xl">
        <Portrait src={account.avatarUrl} size={72} />
        <Stack flex="1 1 18rem" maw={560} gap={0}>
          <ProfileForm account={account} />
        </Stack>
      </Group>
    </>
  )
}

function ProfileForm({ account }: { account: users.Account }) {
  const save = useChange(users.updateAccount, () => showDone('Your profile is saved.'))
  const { fullname, details } = account
  const { values, field, rest } = useFields({ fullname, details }, save.error)
  const same = values.fullname === fullname && values.details === details
  return (
    <Form label="Profile" error={save.error} rest={rest} onSubmit={() => !same && save.mutate({ body: values })}>
      <TextInput
        label="Full name"
        description="As people say it; it stands beside your user name."
        autoComplete="name"
        maxLength={100}
        required
        {...field('fullname')}
      />
      <Textarea
        label="About you"
        description="Markdown. May be left empty."
        autosize
        minRows={4}
        maxLength={1000}
        {...field('details')}
      />
      <Group>
        <Button type="submit" variant="filled" loading={save.isPending} disabled={same}>
          {same ? 'Nothing to save' : 'Save the profile'}
        </Button>
      </Group>
    </Form>
  )
}
