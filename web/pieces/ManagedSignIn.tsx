import { Button } from '@mantine/core'
import { managedAccounts } from '../../api/index.ts'
import { useChange } from '../hub.ts'
import { keepBrowser } from '../managed-sign-in.ts'
import { ErrorNote } from './ErrorNote.tsx'

/** Goes to the identity provider to sign in to a managed account, `again` if need be, and afterwards back to a path here. */
export function ManagedSignIn({
  organization,
  returnTo,
  again,
}: {
  organization: string
  returnTo: string
  again?: true
}) {
  const begin = useChange(managedAccounts.beginManagedSignIn, ({ location, browser }) => {
    keepBrowser(organization, browser)
    window.location.assign(location)
  })
  return (
    <>
      <ErrorNote error={begin.error} />
      <Button
        variant="filled"
        loading={begin.isPending || begin.isSuccess}
        onClick={() => begin.mutate({ params: { org: organization }, body: { returnTo, again } })}
      >
        Sign in with SSO
      </Button>
    </>
  )
}
