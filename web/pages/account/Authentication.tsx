import { sso, users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { useAccount } from '../../session.ts'
import { counted } from '../../words.ts'
import { ChangePassword } from './authentication/ChangePassword.tsx'
import { Sessions } from './authentication/Sessions.tsx'
import { SingleSignOn } from './authentication/SingleSignOn.tsx'
import { TwoFactor } from './authentication/TwoFactor.tsx'

/** How you sign in: 2FA, password, and where you are signed in. */
export function Page() {
  const factor = useReply(users.getTwoFactor)
  const sessions = useReply(users.listSessions)
  const identities = useReply(sso.listMySso)
  const managedBy = useAccount()?.managedBy ?? undefined
  const state = `2FA is ${factor.enabled ? 'on' : 'off'}. You have ${counted(sessions.length, 'active session')}.`
  return (
    <>
      <PageHead
        title="Authentication"
        guide="accounts"
        state={managedBy ? managedState(managedBy, sessions.length) : state}
      />
      {managedBy === undefined && (
        <>
          <Block
            title="Two-factor authentication (2FA)"
            about="Adds a code from your authenticator app to your password. A stolen password alone is not enough to sign in."
          >
            <TwoFactor factor={factor} />
          </Block>
          <Block title="Password" about="Changing your password signs you out of all other sessions.">
            <ChangePassword />
          </Block>
        </>
      )}
      <Block
        title="Sessions"
        about={`Browsers that are signed in to your account. If you don’t recognize one, sign it out and ${managedBy ? 'tell an admin' : 'change your password'}.`}
        wide
      >
        <Sessions sessions={sessions} />
      </Block>
      {identities.length > 0 && (
        <Block
          title="Single sign-on (SSO)"
          about="Organizations where you sign in with an identity provider. Signing out ends your SSO sessions there in all browsers. You stay signed in to your account."
          wide
        >
          <SingleSignOn identities={identities} />
        </Block>
      )}
    </>
  )
}

function managedState(org: string, sessions: number): string {
  return `${org} manages your account, so you sign in with its identity provider. You have ${counted(sessions, 'active session')}.`
}
