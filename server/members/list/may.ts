import { type OrgRole, orgRoles } from '../../../api/index.ts'
import { allowedActions } from '../../access/authorize.ts'
import { mayActOn, mayGrant } from '../../access/escalation.ts'
import type { Facts, OrgFacts } from '../../access/facts.ts'

const changing = new Set(['member.changeRole', 'member.update'])

interface Person {
  isSelf: boolean
  role: OrgRole
}

/**
 * Answers what the caller may do with members, and which roles they may give to each. The policy knows the caller's role
 * alone; whether it reaches over this person is a question of its own.
 */
export function actionsOnMembers({
  facts,
  org,
}: {
  facts: Facts
  org: OrgFacts
}): (person: Person) => { may: string[]; mayGrant: OrgRole[] } {
  const of = (id: string) =>
    allowedActions({ ...facts, subject: { id, name: '', fullname: '', role: 'read' } }, 'member.')
  const [own, others] = [of(facts.actor?.id ?? ''), of('')]
  const given = orgRoles.filter((role) => mayGrant(org.role, role))
  return ({ isSelf, role }) => {
    const reaches = mayActOn(org.role, role)
    const may = (isSelf ? own : others).filter((action) => {
      if (action === 'member.leave') return isSelf
      return !changing.has(action) || reaches
    })
    return { may, mayGrant: may.includes('member.changeRole') ? given : [] }
  }
}
