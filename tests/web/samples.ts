// People and things as the hub answers them, to be changed where a test is about something else.
import type { access, bulk, organizations, ReplyOf, users } from '../../api/index.ts'

const since = '2026-03-04T10:12:33.000Z'

/** The account of Ada, who has verified her address. */
export function anAccount(over: Partial<users.Account> = {}): users.Account {
  return {
    id: '01'.repeat(12),
    name: 'ada',
    fullname: 'Ada Lovelace',
    details: '',
    avatarUrl: '/api/avatars/ada',
    email: 'ada@example.org',
    emailVerified: true,
    twoFactorEnabled: false,
    isOperator: false,
    createdAt: since,
    ...over,
  }
}

/** An instance to which Ada is signed in. */
export function anInstance(over: Partial<ReplyOf<typeof users.instance>> = {}): ReplyOf<typeof users.instance> {
  return {
    name: 'Guildhall',
    version: '0.4.0',
    needsSetup: false,
    signUp: 'open',
    mayCreateOrganizations: true,
    sendsMail: true,
    demo: null,
    account: anAccount(),
    ...over,
  }
}

/** The organization acme as its admin sees it; what they may do beyond reading is named. */
export function anOrg(over: Partial<organizations.Organization> = {}): organizations.Organization {
  return {
    id: '02'.repeat(12),
    name: 'acme',
    fullname: 'Acme',
    details: '',
    website: '',
    avatarUrl: '/api/avatars/acme',
    isVerified: false,
    plan: 'team',
    createdAt: since,
    role: 'admin',
    blockedBy: [],
    numUsers: 3,
    may: [],
    mayGrant: ['no_access', 'read', 'contributor', 'write', 'admin'],
    mayActOn: ['no_access', 'read', 'contributor', 'write', 'admin'],
    ...over,
  }
}

/** A way in which Ada reaches something: as a member with the role write. */
export function aGround(over: Partial<access.Ground> = {}): access.Ground {
  return {
    kind: 'membership',
    id: '03'.repeat(12),
    role: 'write',
    source: 'invitation',
    since,
    sentence: 'A member of acme.',
    link: null,
    ...over,
  }
}

/** Row 1 of a bulk change: Bea, for whom nothing changes. */
export function aVerdict(over: Partial<bulk.BulkVerdict> = {}): bulk.BulkVerdict {
  return {
    row: 1,
    op: 'set',
    who: 'bea',
    verdict: 'unchanged',
    message: '',
    loses: [],
    before: null,
    after: null,
    ...over,
  }
}
