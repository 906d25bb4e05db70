import type { leaving } from '../../../api/index.ts'
import { composeMail, type Mail } from '../../mail/templates.ts'

const mostNamed = 20

/** Tells a person that their access to an organization has ended. */
export function leftMail({ to, org }: { to: string; org: string }): Mail {
  return composeMail({
    to,
    kind: 'offboarding',
    subject: `Your access to ${org} has ended`,
    paragraphs: [
      `An admin of ${org} ended everything you had there: membership, roles, grants, and the trust in your access tokens.`,
      'Your account, your own repositories, and your tokens everywhere else are as they were.',
    ],
    footer: `You get this because you had access to ${org}. Ask one of its admins if you think it is a mistake.`,
  })
}

/** Tells a member what they look after from now on. */
export function takesOverMail(
  by: string,
  { to, org, from, handedOver }: { to: string; org: string; from: string; handedOver: leaving.NeedsOwner },
): Mail {
  const { groups, repositories, repositoryCount } = handedOver
  return composeMail({
    to,
    kind: 'offboarding',
    subject: `You take over from ${from} in ${org}`,
    paragraphs: [
      `${from} has left ${org}, and ${by} chose you to take over their groups and repositories that have no other owner.`,
      ...(groups.length > 0
        ? [`You are admin of these resource groups: ${listed(groups, groups.length, ({ name }) => name)}.`]
        : []),
      ...(repositoryCount > 0
        ? [`You may write to these repositories: ${listed(repositories, repositoryCount, (row) => row.repository)}.`]
        : []),
    ],
    button: { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` },
    footer: `You get this because you are a member of ${org}.`,
  })
}

function listed<Row>(rows: readonly Row[], count: number, name: (row: Row) => string): string {
  const named = rows.slice(0, mostNamed).map(name)
  return count > named.length ? `${named.join(', ')} and ${count - named.length} more` : named.join(', ')
}
