import { Text } from '@mantine/core'
import { ApiError } from '../../../api/index.ts'
import { LinkTo } from '../../pieces/LinkTo.tsx'
import { type Place, place } from '../../places.ts'

/** The organizations that a refusal says would be left without an admin. */
function organizationsOf(error: unknown): string[] {
  if (!(error instanceof ApiError) || error.code !== 'LastAdmin') return []
  return Array.isArray(error.body.organizations) ? (error.body.organizations as string[]) : []
}

/** Where the people a last-admin refusal proposes can be made admin: on the members page of the first organization. */
export function candidatePageOf(error: unknown): { candidatePage?: (user: string) => Place } {
  const [organization] = organizationsOf(error)
  if (organization === undefined) return {}
  return {
    candidatePage: (member) =>
      place({ to: '/organizations/$org/settings/members', params: { org: organization }, search: { member } }),
  }
}

/** The way to the members of each organization that would be left without an admin. */
export function LastAdminLinks({ error }: { error: unknown }) {
  const organizations = organizationsOf(error)
  if (organizations.length === 0) return null
  return (
    <Text size="sm">
      Make another member of{' '}
      {organizations.map((name, index) => (
        <span key={name}>
          {index > 0 && ', '}
          <LinkTo to="/organizations/$org/settings/members" params={{ org: name }} inherit>
            {name}
          </LinkTo>
        </span>
      ))}{' '}
      an admin, then try again.
    </Text>
  )
}
