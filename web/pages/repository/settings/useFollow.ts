import { useNavigate } from '@tanstack/react-router'
import { repoPartAddress } from '../../../addresses.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { useRepository } from '../../../repository.ts'

/** Goes along with the open repository after it was renamed or transferred. */
export function useFollow() {
  const { type, id } = useRepository()
  const navigate = useNavigate()
  return async (toRepo: string) => {
    await navigate({ to: repoPartAddress({ type, id: toRepo }, 'settings'), replace: true })
    showDone(`${id} is now ${toRepo}. The old name redirects to it.`)
  }
}
