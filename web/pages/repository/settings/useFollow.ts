import { useGo } from '../../../go.ts'
import { showDone } from '../../../pieces/ErrorNote.tsx'
import { repoPage } from '../../../places.ts'
import { useRepository } from '../../../repository.ts'

/** Goes along with the open repository after it was renamed or transferred. */
export function useFollow() {
  const { type, id } = useRepository()
  const go = useGo()
  return async (toRepo: string) => {
    await go(repoPage({ type, id: toRepo }, '/settings'), { replace: true })
    showDone(`${id} is now ${toRepo}. The old name redirects to it.`)
  }
}
