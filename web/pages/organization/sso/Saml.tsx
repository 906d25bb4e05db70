import { Alert, Box, Button, Group, Stack, Table, Text, Textarea, TextInput, Title } from '@mantine/core'
import { IconAlertCircle } from '@tabler/icons-react'
import { type ReplyOf, saml } from '../../../../api/index.ts'
import { problemAt } from '../../../field-problems.ts'
import { useApiForm } from '../../../form.ts'
import { useChange, useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { ApiForm } from '../../../pieces/Form.tsx'
import { GuideLink } from '../../../pieces/GuideLink.tsx'
import { When } from '../../../pieces/When.tsx'
import { Word } from '../../../pieces/Word.tsx'

type Settings = ReplyOf<typeof saml.getSaml>
type Provider = NonNullable<Settings['identityProvider']>
type Certificate = Provider['certificates'][number]

const soonMs = 30 * 86_400_000

/** SAML on the page of single sign-on: what the identity provider needs to know, and what is known of it. */
export function Saml({ org }: { org: Org }) {
  const settings = useReply(saml.getSaml, { params: { org: org.name } })
  const mayChange = whyNot(org, 'sso.update', '') === undefined
  const { identityProvider } = settings
  return (
    <Stack gap="xl">
      <OwnValues settings={settings} />
      {identityProvider && <ProviderPart org={org} provider={identityProvider} mayChange={mayChange} />}
      {mayChange && <SetProvider key={identityProvider?.metadataUrl} org={org} provider={identityProvider} />}
    </Stack>
  )
}

function OwnValues({ settings: { entityId, acsUrl, metadataUrl, certificate } }: { settings: Settings }) {
  return (
    <section aria-label="Values for your identity provider">
      <Title order={3} size="h5">
        Values for your identity provider
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        Enter these at your identity provider, or import the metadata. <GuideLink guide="saml" />
      </Text>
      <Stack gap="sm">
        <Takeaway label="Entity ID" value={entityId} description="Also called identifier or audience." />
        <Takeaway label="ACS URL" value={acsUrl} description="Also called reply URL or single sign-on URL." />
        {certificate && <Takeaway label="Metadata URL" value={metadataUrl} />}
        {certificate && (
          <Takeaway
            label="Certificate"
            value={certificate.pem}
            description="Verifies requests and encrypts assertions."
          />
        )}
      </Stack>
    </section>
  )
}

function ProviderPart({ org, provider, mayChange }: { org: Org; provider: Provider; mayChange: boolean }) {
  const refresh = useChange(saml.refreshSaml, () => showDone('Fetched the metadata.'))
  const { entityId, ssoUrl, certificates, metadataUrl, fetchedAt } = provider
  const failed = problemAt(refresh.error, 'metadataUrl')
  return (
    <section aria-label="Identity provider">
      <Title order={3} size="h5" mb="xs">
        Identity provider
      </Title>
      <Text size="sm" mb="sm" style={{ overflowWrap: 'anywhere' }}>
        Entity ID: {entityId}
        <br />
        Sign-in URL: {ssoUrl}
      </Text>
      <Certificates certificates={certificates} />
      {metadataUrl && (
        <Group gap="sm" mt="sm">
          <Text size="sm" c="dimmed">
            {fetchedAt ? (
              <>
                Metadata fetched <When time={fetchedAt} />. It is fetched again every day.
              </>
            ) : (
              'Metadata not fetched yet.'
            )}
          </Text>
          {mayChange && (
            <Button
              variant="default"
              size="compact-sm"
              loading={refresh.isPending}
              onClick={() => refresh.mutate({ params: { org: org.name } })}
            >
              Fetch now
            </Button>
          )}
        </Group>
      )}
      <Box mt="sm">
        {failed === undefined ? (
          <ErrorNote error={refresh.error} />
        ) : (
          <Alert color="red" variant="light" icon={<IconAlertCircle aria-hidden />} role="alert">
            Couldn’t fetch the metadata. {failed} The metadata from before is still in use.
          </Alert>
        )}
      </Box>
    </section>
  )
}

function Certificates({ certificates }: { certificates: Certificate[] }) {
  return (
    <Table.ScrollContainer minWidth={320}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Signing certificate</Table.Th>
            <Table.Th>Expires</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {certificates.map((certificate) => (
            <Table.Tr key={certificate.fingerprint}>
              <Table.Td>
                {certificate.subject}
                <Text size="xs" c="dimmed">
                  SHA-256 {certificate.fingerprint.slice(0, 23)}…
                </Text>
              </Table.Td>
              <Table.Td>
                <When time={certificate.expiresAt} /> <Expiry at={certificate.expiresAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Expiry({ at }: { at: string }) {
  const left = Date.parse(at) - Date.now()
  if (left > soonMs) return null
  return <Word tone={left < 0 ? 'danger' : 'warn'}>{left < 0 ? 'expired' : 'expires soon'}</Word>
}

function SetProvider({ org, provider }: { org: Org; provider: Provider | null }) {
  const form = useApiForm(saml.updateSaml, {
    start: { metadataUrl: provider?.metadataUrl ?? '', metadata: '' },
    input: ({ metadataUrl, metadata }) => ({
      params: { org: org.name },
      body: metadata.trim() === '' ? { metadataUrl: metadataUrl.trim() } : { metadata: metadata.trim() },
    }),
    after: () => showDone('Saved the identity provider.'),
    clears: true,
  })
  return (
    <ApiForm of={form} label="Set identity provider">
      <Title order={3} size="h5">
        {provider ? 'Replace the metadata' : 'Metadata of your identity provider'}
      </Title>
      <TextInput
        {...form.field('metadataUrl')}
        label="Metadata URL"
        description="Begins with https://. Fetched every day."
      />
      <Textarea
        {...form.field('metadata')}
        label="Metadata document"
        description="Paste the XML instead if there is no URL."
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
      />
      <Group>
        <Button type="submit" loading={form.change.isPending} disabled={!form.isChanged}>
          {provider ? 'Replace metadata' : 'Save identity provider'}
        </Button>
      </Group>
    </ApiForm>
  )
}
