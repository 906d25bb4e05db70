import { useMutation } from '@tanstack/react-query'
import { bulk, members } from '../../../../api/index.ts'
import { restart } from '../../../endless.ts'
import { client, refresh } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import type { Wanted } from './wanted.ts'

/** Plans and applies a bulk change. */
export function useBulk(org: Org) {
  const params = { org: org.name }
  const plan = useMutation({
    mutationFn: (wanted: Wanted) =>
      client.call(bulk.bulkMembers, { params, body: { mode: 'plan', ...bodyOf(wanted) } }),
  })
  const apply = useMutation({
    mutationFn: ({ planHash, ...wanted }: Wanted & { planHash: string }) =>
      client.call(bulk.bulkMembers, { params, body: { mode: 'apply', planHash, ...bodyOf(wanted) } }),
    onSuccess: () => {
      restart(members.listMembers)
      void refresh()
    },
  })
  return { plan, apply }
}

function bodyOf({ csv, removalLimit }: Wanted) {
  return { csv, ...(removalLimit === undefined ? {} : { removalLimit }) }
}
