import { SegmentedControl } from '@mantine/core'
import { Suspense, useState } from 'react'
import { managedAccounts, sso } from '../../../api/index.ts'
import { useMaybe, useReply } from '../../hub.ts'
import { type Org, useOrg, whyNot } from '../../organization.ts'
import { Block } from '../../pieces/Block.tsx'
import { Takeaway } from '../../pieces/Copy.tsx'
import { Empty } from '../../pieces/Empty.tsx'
import { PageHead } from '../../pieces/PageHead.tsx'
import { RowsSkeleton } from '../../pieces/Skeletons.tsx'
import { counted } from '../../words.ts'
import { BreakGlass } from './sso/BreakGlass.tsx'
import { Managed } from './sso/Managed.tsx'
import { Mode } from './sso/Mode.tsx'
import { Provider } from './sso/Provider.tsx'
import { Remove } from './sso/Remove.tsx'
import { Saml } from './sso/Saml.tsx'
import { TestSignIn } from './sso/TestSignIn.tsx'

/** Single sign-on: the identity provider, a test, who gets in without it, and whether it is enforced. */
export function Page() {
  const org = useOrg()
  const reason = whyNot(org, 'sso.view', 'Only admins can view the SSO settings.')
  if (reason === undefined) return <SingleSignOn org={org} />
  return (
    <>
      <PageHead title={title} of={org.name} />
      <Empty title="You can’t view this page">{reason}</Empty>
    </>
  )
}

const title = 'Single sign-on (SSO)'

function SingleSignOn({ org }: { org: Org }) {
  const settings = useReply(sso.getSso, { params: { org: org.name } })
  const reason = whyNot(org, 'sso.update', 'Only admins can change single sign-on (SSO).')
  const [choice, setChoice] = useState<Protocol>('oidc')
  const { joinLink, forProvider } = settings
  const asked = settings.mode === 'enforced' && whyNot(org, 'sso.viewManaged', 'no') === undefined
  const { data } = useMaybe(managedAccounts.getManagedSso, asked ? { params: { org: org.name } } : undefined)
  const isManaged = data?.managed === true
  const protocol = settings.protocol ?? choice
  return (
    <>
      <PageHead title={title} of={org.name} state={stateOf(settings)} guide="single-sign-on" />
      {settings.mode !== 'off' && (
        <Block
          title="Join link"
          about="Share it with people who have an account at your identity provider. They become members by signing in."
        >
          <Takeaway label="SSO join link" value={joinLink} />
        </Block>
      )}
      {settings.protocol === null && <ProtocolChoice choice={choice} onChange={setChoice} />}
      {protocol === 'saml' && (
        <Block title="SAML" about={isManaged ? managedWords : samlWords}>
          <Suspense fallback={<RowsSkeleton rows={4} />}>
            <Saml org={org} />
          </Suspense>
        </Block>
      )}
      {protocol === 'oidc' && (
        <Block
          title="For your identity provider"
          about="Create an OpenID Connect web application there, and enter these values."
        >
          <Takeaway label="Redirect URI" value={forProvider.redirectUri} />
          <Takeaway label="Sign-in URL" value={forProvider.signInUrl} />
          <Takeaway label="Back-channel logout URI" value={forProvider.backchannelLogoutUri} />
        </Block>
      )}
      {(protocol === 'oidc' || settings.protocol === 'saml') && (
        <Provider
          key={`${settings.protocol} ${settings.oidc?.issuer}`}
          org={org}
          settings={settings}
          reason={reason}
          aboutOidc={isManaged ? managedWords : oidcWords}
        />
      )}
      {settings.protocol !== null && reason === undefined && (
        <>
          <TestSignIn org={org} settings={settings} />
          <BreakGlass org={org} settings={settings} />
          {!isManaged && <Mode org={org} settings={settings} />}
          {settings.mode === 'enforced' && <Managed org={org} />}
          {!isManaged && <Remove org={org} />}
        </>
      )}
    </>
  )
}

const samlWords = 'Members keep their accounts and sign in at a SAML 2.0 identity provider as well.'
const oidcWords = 'OpenID Connect. Members keep their accounts and sign in here as well.'
const managedWords = 'The only way to sign in for people whose accounts your organization manages.'

type Protocol = NonNullable<sso.SsoSettings['protocol']>

const protocols = [
  { value: 'oidc', label: 'OpenID Connect' },
  { value: 'saml', label: 'SAML' },
] as const

function ProtocolChoice({ choice, onChange }: { choice: Protocol; onChange: (choice: Protocol) => void }) {
  return (
    <Block
      title="Protocol"
      about="Most identity providers offer both. You can remove the setup later and choose again."
    >
      <SegmentedControl
        aria-label="Protocol"
        data={[...protocols]}
        value={choice}
        onChange={(value) => onChange(value === 'saml' ? 'saml' : 'oidc')}
      />
    </Block>
  )
}

function stateOf({ mode, protocol, linked }: sso.SsoSettings): string {
  if (protocol === null) return 'Not set up'
  const words = { off: 'Off', optional: 'Optional', enforced: 'Enforced' }
  return `${words[mode]} · ${counted(linked, 'linked member')}`
}
