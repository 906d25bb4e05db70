// People and things as the hub answers them, to be changed where a test is about something else.
import type { access, bulk, groups, members, OrgSettings, organizations, ReplyOf, users } from '../../api/index.ts'
import type { Repository } from '../../web/repository.ts'

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
    managedBy: null,
    createdAt: since,
    ...over,
  }
}

/** An instance to which Ada is signed in. */
export function anInstance(over: Partial<ReplyOf<typeof users.instance>> = {}): ReplyOf<typeof users.instance> {
  return {
    name: 'Guildhall',
    version: '0.4.0',
    build: 'a1',
    yourAddress: '198.51.100.7',
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

/** Everything about Bea, a member of acme with the role write. */
export function aMember(over: Partial<members.MemberRecord> = {}): members.MemberRecord {
  return {
    _id: '05'.repeat(12),
    user: 'bea',
    fullname: 'Bea Ito',
    avatarUrl: '/api/avatars/bea',
    role: 'write',
    source: 'invitation',
    isExternalCollaborator: false,
    joinedAt: since,
    lastActiveAt: null,
    expiresAt: null,
    groups: [],
    may: ['member.changeRole', 'member.update', 'member.remove', 'member.offboard'],
    mayGrant: ['no_access', 'read', 'contributor', 'write', 'admin'],
    ...over,
  }
}

/** A resource group of acme that Ada administers. */
export function aGroup(over: Partial<GroupSummary> = {}): GroupSummary {
  return {
    id: '06'.repeat(12),
    name: 'speech',
    description: null,
    autoJoin: { enabled: false },
    numUsers: 2,
    numRepos: 1,
    storage: 0,
    role: 'admin',
    managedBy: 'manual',
    may: ['group.changeRole'],
    ...over,
  }
}

type GroupSummary = ReplyOf<typeof groups.listGroupSummaries>[number]

/** The settings of an organization as they are at first. */
export function someSettings(over: Partial<OrgSettings> = {}): OrgSettings {
  return {
    memberManagement: 'admin',
    defaultRole: 'read',
    groupCreation: 'admin',
    allowJoinRequests: false,
    userApproval: false,
    hideMembers: false,
    notifyMembers: true,
    repoVisibility: 'public',
    tokenPolicy: 'any',
    tokenMaxLifetimeDays: null,
    enforceIpRestriction: false,
    ipRanges: [],
    require2fa: false,
    require2faFrom: null,
    setupChecklist: true,
    ...over,
  }
}

/** The private model acme/whisper, as someone who may do these actions sees it. */
export function aRepository(may: string[], row: object = {}): Repository {
  return {
    type: 'model',
    id: 'acme/whisper',
    namespace: 'acme',
    name: 'whisper',
    params: { repoType: 'models', namespace: 'acme', repo: 'whisper' },
    row: { id: 'acme/whisper', private: true, ...row } as Repository['row'],
    may: (action) => may.includes(action),
  }
}

/** An organization that Ada is in, as her own list has it. */
export function aMembership(over: Partial<Membership> = {}): Membership {
  return {
    id: '02'.repeat(12),
    name: 'acme',
    fullname: 'Acme',
    avatarUrl: '/api/avatars/acme',
    role: 'write',
    isAdmin: false,
    seesMembers: true,
    plan: 'team',
    numUsers: 3,
    numAdmins: 1,
    joinedAt: since,
    blockedBy: [],
    ...over,
  }
}

type Membership = ReplyOf<typeof users.listMyOrganizations>['organizations'][number]
