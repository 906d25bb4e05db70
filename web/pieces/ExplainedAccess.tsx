import { Skeleton, Stack, Text } from '@mantine/core'
import { access } from '../../api/index.ts'
import { useMaybe } from '../hub.ts'
import { AccessChanges, AccessPaths } from './AccessPath.tsx'
import { ErrorNote } from './ErrorNote.tsx'
import { Named } from './Portrait.tsx'

interface Question {
  org: string
  user: string
  /** As the API names it: `models/acme/whisper`. */
  repo: string
  action: string
}

/** Why a person may do something with a repository, or why not: the paths, and what would change the answer. */
export function ExplainedAccess({ org, ...query }: Question) {
  const { data, error } = useMaybe(access.explainAccess, { params: { org }, query })
  if (error) return <ErrorNote error={error} />
  if (!data) return <Skeleton height={180} />
  const { user, target, allowed, sentence, grounds, changes } = data
  return (
    <Stack gap="lg">
      {allowed ? (
        <AccessPaths
          person={<Named name={user.user} fullname={user.fullname} />}
          grounds={grounds}
          target={target.name}
        />
      ) : (
        <Text size="sm">No access. {sentence}</Text>
      )}
      <AccessChanges title={titleOf(allowed, changes.length)} changes={changes} />
    </Stack>
  )
}

// Every path has to end; one change is enough to give access.
function titleOf(allowed: boolean, changes: number): string {
  if (!allowed) return changes > 1 ? 'To give access, do one of these' : 'To give access'
  return changes > 1 ? 'To remove this access, do all of these' : 'To remove this access'
}
