import { daySeconds, hourSeconds } from '../kernel/clock.ts'

/** So many in one window of time, which ends now. */
export interface MailLimit {
  most: number
  windowSeconds: number
}

interface KindLimits {
  /** What mails of the kind are, in the plural. */
  words: string
  /** To one address, from all accounts together: what is over is not sent, and no reply tells. */
  toOne: MailLimit
  /** Counted for each subject line by itself: many about one organization must not hide one about another. */
  ofEach?: true
  /** Caused by one account: what is over is refused. */
  byOne?: MailLimit
}

/** What a mail can be about, and how many of each kind are sent. */
export const mailKinds = {
  verify_email: { words: 'verification emails', toOne: perDay(10), byOne: perDay(20) },
  password_reset: { words: 'password reset emails', toOne: perDay(10) },
  welcome: { words: 'emails about new accounts', toOne: perDay(5) },
  security: { words: 'security emails', toOne: perHour(30) },
  invitation: { words: 'invitations', toOne: perDay(20), byOne: perHour(500) },
  join_request: { words: 'requests to join', toOne: perHour(20), byOne: perHour(60) },
  membership: { words: 'emails about new, approved, and declined members', toOne: perHour(60) },
  own_membership: { words: 'emails to members about their own membership', toOne: perHour(10), ofEach: true },
  access: { words: 'emails about repository access', toOne: perHour(5), byOne: perHour(200) },
  access_request: { words: 'emails about access requests', toOne: perHour(20), byOne: perHour(60) },
  access_decision: { words: 'emails about decided access requests', toOne: perHour(20) },
  offboarding: { words: 'offboarding emails', toOne: perHour(10) },
  organization: { words: 'emails about an organization', toOne: perHour(10) },
  token_review: { words: 'emails about tokens in organizations', toOne: perHour(20) },
  recovery: { words: 'emails about one recovery request', toOne: perDay(30), ofEach: true },
} as const satisfies Record<string, KindLimits>

export type MailKind = keyof typeof mailKinds

/** Caused by one account, of all kinds together; those of one bulk change count for its organization alone. */
export const mailsByOne = perHour(1000)

/** Of one organization, bulk changes included. */
export const mailsOfOrganization = perDay(10_000)

/** Of these, what emails that only inform leave for others, such as invitations. */
export const mailsLeftByNotices = mailsOfOrganization.most / 2

/** How many mails of a kind go to one address. */
export function limitToOne(kind: MailKind): MailLimit {
  return mailKinds[kind].toOne
}

/** Whether mails of a kind to one address are counted for each subject line by itself. */
export function countsEach(kind: MailKind): boolean {
  return (mailKinds[kind] as KindLimits).ofEach ?? false
}

/** How many mails of a kind one account causes, where that has a limit of its own. */
export function limitByOne(kind: MailKind): MailLimit | undefined {
  return (mailKinds[kind] as KindLimits).byOne
}

function perHour(most: number): MailLimit {
  return { most, windowSeconds: hourSeconds }
}

function perDay(most: number): MailLimit {
  return { most, windowSeconds: daySeconds }
}
