import { composeMail, type Mail } from '../../mail/templates.ts'

// Names of tokens are free text, and stand in no mail.
interface About {
  org: string
  owner: string
  last4: string
}

/** Tells an admin that a token is waiting for approval. */
export function pendingMail(to: string, { org, owner, last4 }: About): Mail {
  return composeMail({
    to,
    kind: 'token_review',
    subject: `An access token of ${owner} needs approval in ${org}`,
    paragraphs: [
      `${owner} has a fine-grained token that ends in ${last4} and can access ${org}.`,
      `It has no access to ${org} until an admin approves it.`,
    ],
    button: { label: 'Review token', path: `/organizations/${org}/settings/tokens?state=pending` },
    footer: `You’re receiving this email because you’re an admin of ${org}, which requires approval of tokens.`,
  })
}

const decisions = {
  approved: { subject: 'approved in', words: 'can now access', more: undefined },
  denied: {
    subject: 'denied in',
    words: 'can’t access',
    more: 'An admin can still approve it later. The token works elsewhere.',
  },
  revoked: {
    subject: 'revoked in',
    words: 'can no longer access',
    more: 'This can’t be undone. The token works elsewhere. If you still need access, create a new token.',
  },
} as const

/** Tells the owner of a token what an admin decided about it. */
export function decisionMail(to: string, { org, owner, last4 }: About, decision: keyof typeof decisions): Mail {
  const { subject, words, more } = decisions[decision]
  return composeMail({
    to,
    kind: 'token_review',
    subject: `Your access token was ${subject} ${org}`,
    paragraphs: [`Your access token that ends in ${last4} ${words} ${org}.`, ...(more === undefined ? [] : [more])],
    button: { label: 'View your tokens', path: '/settings/tokens' },
    footer: `You’re receiving this email because the token belongs to your account ${owner}.`,
  })
}
