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
      `An admin of ${org} removed all of your access: your membership, roles, and collaborator access. The organization no longer trusts your access tokens.`,
      'Your account and your own repositories have not changed, and your tokens still work everywhere else.',
    ],
    footer: `You’re receiving this email because you had access to ${org}. If you think this is a mistake, contact one of its admins.`,
  })
}

/** Tells a member what they look after from now on. */
export function takesOverMail(
  by: string,
  { to, org, from, handedOver }: { to: string; org: string; from: string; handedOver: leaving.NeedsOwner },
): Mail {
  const { groups, repositories, repositoryCount, serviceAccounts } = handedOver
  return composeMail({
    to,
    kind: 'offboarding',
    subject: `You’re taking over from ${from} in ${org}`,
    paragraphs: [
      `${from} has left ${org}, and ${by} chose you to take over what has no other owner.`,
      ...(groups.length > 0
        ? [`You are now an admin of these resource groups: ${listed(groups, groups.length, ({ name }) => name)}.`]
        : []),
      ...(repositoryCount > 0
        ? [
            `You now have write access to these repositories: ${listed(repositories, repositoryCount, (row) => row.repository)}.`,
          ]
        : []),
      ...(serviceAccounts.length > 0
        ? [
            `You are now the owner of these service accounts: ${listed(serviceAccounts, serviceAccounts.length, ({ name }) => name)}.`,
          ]
        : []),
    ],
    button: { label: `Open ${org}`, path: `/${encodeURIComponent(org)}` },
    footer: `You’re receiving this email because you’re a member of ${org}.`,
  })
}

function listed<Row>(rows: readonly Row[], count: number, name: (row: Row) => string): string {
  const named = rows.slice(0, mostNamed).map(name)
  return count > named.length ? `${named.join(', ')} and ${count - named.length} more` : named.join(', ')
}
