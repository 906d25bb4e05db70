import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { repos } from '../../../../api/index.ts'
import { repoPartAddress } from '../../../addresses.ts'
import { client, refresh } from '../../../hub.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'

/** Renames or moves the open repository to `namespace/name`, and goes along. */
export function useMove() {
  const { type, id } = useRepository()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: (toRepo: string) => client.call(repos.moveRepo, { body: { fromRepo: id, toRepo, type } }),
    onSuccess: async (_, toRepo) => {
      await navigate({ to: repoPartAddress({ type, id: toRepo }, 'settings'), replace: true })
      showDone(`${id} is now ${toRepo}; the old name leads there.`)
      await refresh()
    },
  })
}
