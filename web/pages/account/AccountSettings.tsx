import { Text } from '@mantine/core'
import { emails, users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { DeleteAccount } from './account/DeleteAccount.tsx'
import { AddEmail, Emails } from './account/Emails.tsx'

/** Your addresses, and the end of the account. */
export function Page() {
  const account = useReply(users.getAccount)
  const addresses = useReply(emails.listEmails)
  return (
    <>
      <PageHead title="Account" guide="accounts" state={stateOf(addresses)} />
      {account.managedBy === null ? (
        <OwnAccount account={account} addresses={addresses} />
      ) : (
        <Text size="sm">
          {account.managedBy} manages your account. Its identity provider decides your email address, and when the
          account ends.
        </Text>
      )}
    </>
  )
}

function OwnAccount({ account, addresses }: { account: users.Account; addresses: emails.Email[] }) {
  return (
    <>
      <Block
        title="Email addresses"
        about="Email goes to your primary address. You can sign in with any verified address. Only admins of organizations with a matching verified domain can see your addresses."
        wide
      >
        <Emails addresses={addresses} />
        <AddEmail />
      </Block>
      <Block title="Delete account" about="Permanently deletes your account. You see what you lose before you confirm.">
        <DeleteAccount account={account} />
      </Block>
    </>
  )
}

function stateOf(addresses: emails.Email[]): string {
  const open = addresses.filter(({ verified }) => !verified).length
  const primary = addresses.find(({ primary }) => primary)?.address ?? 'no address'
  const verified = open > 0 ? `${open} unverified` : addresses.length === 1 ? 'verified' : 'all verified'
  return `${counted(addresses.length, 'email address', 'email addresses')} · ${verified} · email goes to ${primary}`
}
