import { sso } from '../../../../api/index.ts'
import { useMaybe } from '../../../hub.ts'
import type { Org } from '../../../organization.ts'
import { CopyButton } from '../../../pieces/Copy.tsx'

/** Copies the link by which people join with SSO, while it is on. */
export function SsoJoinLink({ org }: { org: Org }) {
  const { data } = useMaybe(sso.getSso, org.may.includes('sso.view') ? { params: { org: org.name } } : undefined)
  return data && data.mode !== 'off' ? <CopyButton value={data.joinLink}>Copy SSO join link</CopyButton> : null
}
