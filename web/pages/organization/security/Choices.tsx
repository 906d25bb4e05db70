import type { OrgSettings } from '../../../../api/index.ts'
import type { Org } from '../../../organization.ts'
import { Choice, type Question } from './Choice.tsx'

const questions: Question[] = [
  {
    field: 'memberManagement',
    title: 'Who can change roles',
    description: 'You can’t give a role higher than your own.',
    options: [
      [
        'write',
        'Admins and members with write',
        'Members with write can change roles below write and give up to write.',
      ],
      ['admin', 'Admins only'],
    ],
  },
  {
    field: 'groupCreation',
    title: 'Who can create resource groups',
    description: 'The creator becomes admin of the group.',
    options: [
      ['admin', 'Admins only'],
      ['write', 'Members with write or higher'],
      ['contributor', 'Members with contributor or higher'],
      ['read', 'Members with read or higher'],
    ],
  },
  {
    field: 'hideMembers',
    title: 'Who can see members',
    description: 'Only members see roles.',
    options: [
      ['false', 'Everyone', 'The list of names is public.'],
      ['true', 'Members with read or higher', 'Others see an empty list and no count.'],
    ],
  },
  {
    field: 'notifyMembers',
    title: 'Emails to members',
    description: 'Reminders before a membership ends are always sent.',
    options: [
      ['true', 'Email members when their role or resource groups change, or they are removed'],
      ['false', 'Don’t email members about changes'],
    ],
  },
  {
    field: 'repoVisibility',
    title: 'Default repository visibility',
    description: 'Existing repositories don’t change.',
    options: [
      ['public', 'Public by default'],
      ['private', 'Private by default'],
      ['private_only', 'Private only', 'Only admins can make a repository public.'],
    ],
  },
]

interface Part {
  org: Org
  settings: OrgSettings
  reason: string | undefined
}

/** Who can do what in general. */
export function Choices(props: Part) {
  return questions.map((question) => <Choice key={question.field} {...props} question={question} />)
}
