import { type bulk, type CallInput, joining, type OrgRole } from '../../../../api/index.ts'
import type { Pick } from '../invitations/GroupPicks.tsx'
import type { PastedList } from './rows.ts'

/** A list of people and what holds for those of whom it says nothing else. */
export interface ListWish {
  text: string
  role: OrgRole | undefined
  groups: Pick[]
  days: number
  emailDomain: string
  message: string
}

/** An empty list. */
export const noWish: ListWish = {
  text: '',
  role: undefined,
  groups: [],
  days: joining.invitationDays.usual,
  emailDomain: '',
  message: '',
}

type Body = CallInput<typeof bulk.bulkInvite>['body']

/** The list as the hub wants to have it. */
export function bodyOf(wish: ListWish, list: PastedList, usual: OrgRole): Omit<Body, 'mode'> {
  const message = wish.message.trim()
  const emailDomain = wish.emailDomain.trim().replace(/^@/, '')
  return {
    ...('csv' in list ? { csv: list.csv } : { rows: list.rows }),
    role: wish.role ?? usual,
    expiresInDays: wish.days,
    ...(wish.groups.length === 0 ? {} : { groups: wish.groups.map(({ id, role }) => ({ id, role })) }),
    ...(emailDomain === '' ? {} : { emailDomain }),
    ...(message === '' ? {} : { message }),
  }
}
