import type { OrgSettings } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Choice, type Question } from './Choice.tsx'

const questions: Question[] = [
  {
    field: 'memberManagement',
    title: 'Who may change roles',
    description: 'In addition to admins. No one can give a role above their own.',
    options: [
      ['write', 'Members with write', 'They change the roles of people below write, and give at most write.'],
      ['admin', 'Admins only'],
    ],
  },
  {
    field: 'groupCreation',
    title: 'Who may create resource groups',
    description: 'People who create an organization become its admin.',
    options: [
      ['admin', 'Admins only'],
      ['write', 'Members with write or more'],
      ['contributor', 'Members with contributor or more'],
      ['read', 'Members with read or more'],
    ],
  },
  {
    field: 'hideMembers',
    title: 'Who sees the members',
    description: 'Roles are seen by members only, in either case.',
    options: [
      ['false', 'Everybody', 'The list of names is public.'],
      ['true', 'Members with read or more', 'Everybody else sees an empty list, and no number.'],
    ],
  },
  {
    field: 'repoVisibility',
    title: 'Visibility of new repositories',
    description: 'Repositories that exist already stay as they are.',
    options: [
      ['public', 'Public, unless chosen otherwise'],
      ['private', 'Private, unless chosen otherwise'],
      ['private_only', 'Private always', 'Afterwards only admins make one public.'],
    ],
  },
]

interface Part {
  org: Org
  settings: OrgSettings
  reason: string | undefined
}

/** Who may do what in general, apart from how people come in. */
export function Choices(props: Part) {
  return questions.map((question) => <Choice key={question.field} {...props} question={question} />)
}
