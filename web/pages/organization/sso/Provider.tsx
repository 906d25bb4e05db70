import { Button, Group, NumberInput, PasswordInput, Stack, Text, TextInput, type TextInputProps } from '@mantine/core'
import { useState } from 'react'
import { type BodyOf, groupRoles, groups, sso } from '../../../../api/index.ts'
import { beside, problemAt } from '../../../field-problems.ts'
import { useChange, useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { Form } from '../../../pieces/Form.tsx'
import { MappingRows, type Row } from './MappingRows.tsx'
import { GroupPreview, RolePreview } from './Preview.tsx'

interface Part {
  org: Org
  settings: sso.SsoSettings
  reason: string | undefined
}

type Draft = ReturnType<typeof draftOf>

function draftOf({ oidc, ...rest }: sso.SsoSettings) {
  return {
    issuer: oidc?.issuer ?? '',
    clientId: oidc?.clientId ?? '',
    clientSecret: '',
    authorizationEndpoint: oidc?.authorizationEndpoint ?? '',
    tokenEndpoint: oidc?.tokenEndpoint ?? '',
    jwksUri: oidc?.jwksUri ?? '',
    userinfoEndpoint: oidc?.userinfoEndpoint ?? '',
    hours: rest.sessionTimeoutMinutes / 60,
    emailPath: rest.emailPath ?? '',
    emailDomains: rest.emailDomains.join(', '),
    rolePath: rest.rolePath ?? '',
    roles: rest.roleMapping.map(({ value, role }): Row => ({ value, role })),
    groupPath: rest.groupPath ?? '',
    groups: rest.groupMapping.map(({ value, group, role }): Row => ({ value, group, role })),
  }
}

function oidcOf(draft: Draft) {
  return {
    ...{ issuer: draft.issuer.trim(), clientId: draft.clientId.trim() },
    ...(draft.clientSecret !== '' && { clientSecret: draft.clientSecret }),
    authorizationEndpoint: orNull(draft.authorizationEndpoint),
    tokenEndpoint: orNull(draft.tokenEndpoint),
    jwksUri: orNull(draft.jwksUri),
    userinfoEndpoint: orNull(draft.userinfoEndpoint),
  }
}

function orNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}

function bodyOf(draft: Draft, isSaml: boolean): BodyOf<typeof sso.setSso> {
  const provider = isSaml ? ({ protocol: 'saml' } as const) : ({ protocol: 'oidc', oidc: oidcOf(draft) } as const)
  return {
    ...provider,
    sessionTimeoutMinutes: Math.round(draft.hours * 60),
    emailPath: orNull(draft.emailPath),
    emailDomains: draft.emailDomains.split(/[\s,]+/).filter((domain) => domain !== ''),
    rolePath: orNull(draft.rolePath),
    roleMapping: draft.roles.map(({ value, role }) => ({ value, role })),
    groupPath: orNull(draft.groupPath),
    groupMapping: draft.groups.flatMap(({ value, group, role: asked }) => {
      const role = groupRoles.find((each) => each === asked)
      return group === undefined || role === undefined ? [] : [{ value, group, role }]
    }),
  }
}

const endpoints = ['authorizationEndpoint', 'tokenEndpoint', 'jwksUri', 'userinfoEndpoint']
const oidcFields = ['issuer', 'clientId', 'clientSecret', ...endpoints]
const mappingFields = [
  'sessionTimeoutMinutes',
  'emailPath',
  'emailDomains',
  'rolePath',
  'roleMapping',
  'groupPath',
  'groupMapping',
]

// The fields that a refusal can stand at. For SAML there are none for OpenID Connect.
function fieldsOf(isSaml: boolean): string[] {
  return isSaml ? mappingFields : [...oidcFields, ...mappingFields]
}

/** The OpenID provider, and what of its answers maps to what. */
export function Provider({ org, settings, reason, aboutOidc }: Part & { aboutOidc: string }) {
  const [draft, setDraft] = useState(() => draftOf(settings))
  const isSaml = settings.protocol === 'saml'
  const save = useChange(sso.setSso, () => showDone('SSO settings saved. Run a test sign-in.'))
  const { data: found } = useMaybe(
    groups.listGroupSummaries,
    org.may.includes('group.list') ? { params: { org: org.name } } : undefined,
  )
  const text = (name: keyof Draft & string) => ({
    value: String(draft[name]),
    disabled: reason !== undefined,
    error: problemAt(save.error, name, name === 'emailDomains' ? 'Each entry' : undefined),
    onChange: ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
      setDraft({ ...draft, [name]: currentTarget.value }),
  })
  return (
    <Block
      title={isSaml ? 'Sign-in and mapping' : 'Identity provider'}
      about={isSaml ? 'Who can sign in, and which roles and resource groups they get.' : aboutOidc}
    >
      <Form
        label="Identity provider"
        onSubmit={() => save.mutate({ params: { org: org.name }, body: bodyOf(draft, isSaml) })}
        error={save.error}
        rest={beside(save.error, fieldsOf(isSaml))}
      >
        {!isSaml && <OidcFields settings={settings} text={text} />}
        <TextInput
          label="Matching email domains"
          description="Separated by commas. Leave blank for any verified address."
          {...text('emailDomains')}
        />
        <TextInput label="Email attribute" description="Leave blank for email, then mail." {...text('emailPath')} />
        <NumberInput
          label="Session timeout in hours"
          min={0.25}
          max={720}
          value={draft.hours}
          disabled={reason !== undefined}
          error={problemAt(save.error, 'sessionTimeoutMinutes', 'The time in minutes')}
          onChange={(value) => setDraft({ ...draft, hours: Number(value) })}
        />
        <TextInput
          label="Role attribute"
          description="For example realm_access.roles. Leave blank to keep roles as they are."
          {...text('rolePath')}
        />
        <MappingRows
          label="Role mapping"
          rows={draft.roles}
          error={problemAt(save.error, 'roleMapping')}
          onChange={(roles) => setDraft({ ...draft, roles })}
        />
        <RolePreview
          test={settings.lastTest}
          path={draft.rolePath}
          rows={draft.roles}
          defaultRole="the role of your invitation, or else the default role"
        />
        <TextInput
          label="Group attribute"
          description="For example groups. Leave blank to keep resource groups as they are."
          {...text('groupPath')}
        />
        <MappingRows
          label="Group mapping"
          rows={draft.groups}
          groups={found ?? []}
          error={problemAt(save.error, 'groupMapping')}
          onChange={(rows) => setDraft({ ...draft, groups: rows })}
        />
        <GroupPreview test={settings.lastTest} path={draft.groupPath} rows={draft.groups} groups={found ?? []} />
        <Save reason={reason} busy={save.isPending} />
      </Form>
    </Block>
  )
}

function Save({ reason, busy }: { reason: string | undefined; busy: boolean }) {
  if (reason !== undefined)
    return (
      <Text size="sm" c="dimmed">
        {reason}
      </Text>
    )
  return (
    <Group>
      <Button type="submit" variant="filled" loading={busy}>
        Save
      </Button>
    </Group>
  )
}

type FieldOf = (name: keyof Draft & string) => Pick<TextInputProps, 'value' | 'disabled' | 'error' | 'onChange'>

function OidcFields({ settings, text }: { settings: sso.SsoSettings; text: FieldOf }) {
  return (
    <>
      <TextInput
        label="Issuer"
        description="For example https://login.example.org/realms/lab"
        required
        {...text('issuer')}
      />
      <TextInput label="Client ID" required {...text('clientId')} />
      <PasswordInput
        label="Client secret"
        description={
          settings.oidc?.hasClientSecret
            ? 'Leave blank to keep the current secret.'
            : 'Leave blank for a public client.'
        }
        autoComplete="off"
        {...text('clientSecret')}
      />
      <details>
        <summary>
          <Text component="span" size="sm">
            Endpoints, if the provider has no discovery document
          </Text>
        </summary>
        <Stack mt="sm">
          <TextInput label="Authorization endpoint" {...text('authorizationEndpoint')} />
          <TextInput label="Token endpoint" {...text('tokenEndpoint')} />
          <TextInput label="JWKS URI" {...text('jwksUri')} />
          <TextInput label="Userinfo endpoint" description="Optional." {...text('userinfoEndpoint')} />
        </Stack>
      </details>
    </>
  )
}
