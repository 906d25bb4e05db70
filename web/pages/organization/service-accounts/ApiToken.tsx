import { Button, Group, Stack, Text } from '@mantine/core'
import { IconEye, IconRefresh } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { organizationToken } from '../../../../api/index.ts'
import { client, refresh, useChange, useReply } from '../../../hub.ts'
import { type Org, whyNot } from '../../../organization.ts'
import { Block } from '../../../pieces/Block.tsx'
import { ConfirmByTyping } from '../../../pieces/ConfirmByTyping.tsx'
import { Takeaway } from '../../../pieces/Copy.tsx'
import { ErrorNote, showDone } from '../../../pieces/ErrorNote.tsx'
import { When } from '../../../pieces/When.tsx'
import { Why } from '../../../pieces/Why.tsx'

/** The one API token of the organization: members with the read role reveal it, admins refresh it. */
export function ApiToken({ org }: { org: Org }) {
  const params = { org: org.name }
  const { token } = useReply(organizationToken.getOrganizationTokenState, { params })
  const [asking, setAsking] = useState(false)
  const reveal = useMutation({
    mutationFn: () => client.call(organizationToken.revealOrganizationToken, { params }),
    onSuccess: () => refresh(),
  })
  const replaced = useChange(organizationToken.refreshOrganizationToken, () => {
    reveal.reset()
    setAsking(false)
    showDone('The organization API token is replaced. The old one no longer works.')
  })
  const shown = reveal.data?.token ?? replaced.data?.token
  const cannotReveal = whyNot(org, 'orgToken.reveal', 'Verify your email address first.')
  const cannotRefresh = whyNot(org, 'orgToken.refresh', 'Only admins can refresh the token.')
  return (
    <Block
      title="Organization API token"
      apart
      about="A read-only token for the whole organization. It can read members, settings, and private repositories outside resource groups. Members with the read role or higher can reveal it. Each reveal is recorded in the audit log."
    >
      <Text size="sm" component="div">
        {token ? (
          <>
            <span className="mono">hf_…{token.last4}</span> · created <When time={token.createdAt} /> ·{' '}
            {token.lastUsedAt ? (
              <>
                last used <When time={token.lastUsedAt} />
              </>
            ) : (
              'never used'
            )}
          </>
        ) : (
          'Not created yet. The token is created the first time someone reveals it.'
        )}
      </Text>
      {shown !== undefined && <Takeaway label="Organization API token" value={shown} />}
      <ErrorNote error={reveal.error} />
      <Group gap="xs">
        {shown === undefined && (
          <Why reason={cannotReveal}>
            <Button
              leftSection={<IconEye size={16} aria-hidden />}
              disabled={cannotReveal !== undefined}
              loading={reveal.isPending}
              onClick={() => reveal.mutate()}
            >
              Reveal token
            </Button>
          </Why>
        )}
        {token && (
          <Why reason={cannotRefresh}>
            <Button
              leftSection={<IconRefresh size={16} aria-hidden />}
              disabled={cannotRefresh !== undefined}
              onClick={() => setAsking(true)}
            >
              Refresh token
            </Button>
          </Why>
        )}
      </Group>
      <ConfirmByTyping
        opened={asking}
        title="Refresh the organization API token"
        label="Refresh token"
        busy={replaced.isPending}
        error={replaced.error}
        onConfirm={() => replaced.mutate({ params })}
        onClose={() => setAsking(false)}
      >
        <Stack gap="xs">
          <Text size="sm">You get a new token. Anything using the old one loses access immediately.</Text>
        </Stack>
      </ConfirmByTyping>
    </Block>
  )
}
