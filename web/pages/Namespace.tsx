import { PageHead } from '../pieces/PageHead.tsx'

/** To be written. */
export function Page() {
  return <PageHead title="Namespace" />
}
