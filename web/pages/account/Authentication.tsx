import { users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { ChangePassword } from './authentication/ChangePassword.tsx'
import { Sessions } from './authentication/Sessions.tsx'
import { TwoFactor } from './authentication/TwoFactor.tsx'

/** How you sign in: 2FA, password, and where you are signed in. */
export function Page() {
  const factor = useReply(users.getTwoFactor)
  const sessions = useReply(users.listSessions)
  const state = `2FA is ${factor.enabled ? 'on' : 'off'}. You are signed in at ${counted(sessions.length, 'place')}.`
  return (
    <>
      <PageHead title="Authentication" state={state} />
      <Block
        title="Two-factor authentication (2FA)"
        about="Adds a code from your authenticator app to your password. A stolen password alone is not enough to sign in."
      >
        <TwoFactor factor={factor} />
      </Block>
      <Block title="Password" about="A new password ends your other sessions; this one goes on.">
        <ChangePassword />
      </Block>
      <Block
        title="Sessions"
        about="Browsers in which you are signed in. End those you do not know, then change the password."
        wide
      >
        <Sessions sessions={sessions} />
      </Block>
    </>
  )
}
