import { users } from '../../../api/index.ts'
import { useReply } from '../../hub.ts'
import { Block } from '../../pieces/Block.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { counted } from '../../words.ts'
import { ChangePassword } from './authentication/ChangePassword.tsx'
import { Sessions } from './authentication/Sessions.tsx'
import { TwoFactor } from './authentication/TwoFactor.tsx'

/** How you sign in: second factor, password, and where you are signed in. */
export function Page() {
  const factor = useReply(users.getTwoFactor)
  const sessions = useReply(users.listSessions)
  const state = `Two-factor sign-in is ${factor.enabled ? 'on' : 'off'}. You are signed in at ${counted(sessions.length, 'place')}.`
  return (
    <>
      <PageHead title="Authentication" state={state} />
      <Block
        title="Two-factor sign-in"
        about="Beside the password, a code that an app on your phone shows. Whoever learns the password alone does not get in."
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
