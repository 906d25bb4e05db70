import type { GroupRole, OrgRole, RepoType } from '../../api/index.ts'

// What the demo is filled with. Times are days before now.

export const demoPassword = 'guildhall-demo'

export interface DemoPerson {
  fullname: string
  role: OrgRole
  /** Days since they joined, and since they were last seen; undefined: never seen. */
  joined: number
  seen?: number
}

const person = (fullname: string, role: OrgRole, joined: number, seen?: number): DemoPerson => ({
  fullname,
  role,
  joined,
  ...(seen !== undefined && { seen }),
})

/** The main organization and its people; the first is its founder. */
export const meridian = {
  name: 'meridian-labs',
  fullname: 'Meridian Labs',
  details: 'Open models for medicine, speech and maps. A demo organization: look around, change roles, break things.',
  website: 'https://example.org/meridian-labs',
  people: [
    person('Amara Okafor', 'admin', 41, 0),
    person('Jonas Lindqvist', 'admin', 40, 1),
    person('Mei Tanaka', 'write', 40, 0),
    person('Rafael Ortega', 'write', 39, 2),
    person('Priya Raghavan', 'write', 38, 0),
    person('Tomasz Kowalczyk', 'write', 38, 5),
    person('Leila Haddad', 'write', 37, 1),
    person('Samuel Adeyemi', 'write', 36, 12),
    person('Ingrid Solberg', 'write', 33, 3),
    person('Chen Wei', 'contributor', 36, 0),
    person('Fatima Benali', 'contributor', 35, 4),
    person('Lucas Moreau', 'contributor', 34, 1),
    person('Nia Thompson', 'contributor', 34, 9),
    person('Aroha Ngata', 'contributor', 31, 2),
    person('Dmitri Volkov', 'contributor', 39, 35),
    person('Yara Mansour', 'contributor', 28, 0),
    person('Oluwaseun Bello', 'contributor', 27, 6),
    person('Hana Novakova', 'read', 33, 1),
    person('Mateo Vargas', 'read', 32, 20),
    person('Siobhan Gallagher', 'read', 31, 3),
    person('Kwame Mensah', 'read', 30, 8),
    person('Anjali Deshmukh', 'read', 29, 0),
    person('Erik Johansson', 'read', 38, 33),
    person('Zofia Wisniewska', 'read', 26, 2),
    person('Ibrahim Toure', 'read', 25, 5),
    person('Grace Wambui', 'read', 22, 1),
    person('Minh Tran', 'read', 20, 4),
    person('Elena Popescu', 'read', 17, 7),
    person('Noah Fischer', 'read', 14, 2),
    person('Sunita Gurung', 'read', 11),
    person('Carlos Mendes', 'read', 6, 0),
    person('Beatriz Almeida', 'no_access', 24, 10),
    person('Viktor Hristov', 'no_access', 19, 3),
    person('Naledi Khumalo', 'no_access', 9, 1),
    person('Arash Karimi', 'no_access', 5),
  ],
} as const

/** Whose membership ends soon, and in how many days. */
export const expiring = { fullname: 'Viktor Hristov', days: 9 }

/** A small organization with a single admin. */
export const tidepool = {
  name: 'tidepool',
  fullname: 'Tidepool',
  details: 'Listening to the sea: recordings of reefs and harbours.',
  website: '',
  people: [
    person('Marisol Quispe', 'admin', 30, 1),
    person('Finn Gallagher', 'write', 29, 2),
    person('Aiko Yamamoto', 'contributor', 20, 15),
    person('Peter Nakamura', 'read', 12, 4),
    person('Salma Idrissi', 'read', 3),
  ],
} as const

/** Who has 2FA on; their secrets are thrown away, so that no one signs in as them. */
export const secondFactor: readonly string[] = [
  'Jonas Lindqvist',
  'Priya Raghavan',
  'Tomasz Kowalczyk',
  'Leila Haddad',
  'Ingrid Solberg',
  'Fatima Benali',
  'Lucas Moreau',
  'Yara Mansour',
  'Siobhan Gallagher',
  'Anjali Deshmukh',
  'Zofia Wisniewska',
  'Naledi Khumalo',
  'Finn Gallagher',
]

/** Who is in no organization: an outside collaborator, and a person who was offboarded. */
export const outsiders = [
  { fullname: 'Gabriela Costa', joined: 12 },
  { fullname: 'Oskar Nieminen', joined: 37 },
] as const

/** The access of the outside collaborator to one private repository. */
export const collaboration = {
  fullname: 'Gabriela Costa',
  repo: 'harmattan-asr',
  role: 'read',
  by: 'Priya Raghavan',
  ago: 10,
  endsIn: 30,
} as const

/** Who was offboarded from the main organization, and when. */
export const offboarded = {
  fullname: 'Oskar Nieminen',
  role: 'contributor',
  joined: 37,
  ago: 6,
  by: 'Jonas Lindqvist',
  reason: 'Moved to another company.',
} as const

/** The verified email domain of the main organization, of which its people have their addresses. */
export const verified = { domain: 'meridian-labs.example', added: 35 } as const

/** Whom the sign-in page of the demo offers, and what each is for. None of them has 2FA. */
export const signInAs = [
  { fullname: 'Amara Okafor', about: 'Admin of Meridian Labs. Invites, changes roles, and offboards people.' },
  { fullname: 'Mei Tanaka', about: 'Write role. Changes roles below write and manages a resource group.' },
  { fullname: 'Chen Wei', about: 'Contributor. Creates repositories and manages their own.' },
  { fullname: 'Hana Novakova', about: 'Read role. Can read private repositories outside resource groups.' },
  { fullname: 'Beatriz Almeida', about: 'No access to the organization, but write in one resource group.' },
  { fullname: 'Gabriela Costa', about: 'Outside collaborator. Can read one private repository.' },
  {
    fullname: 'Marisol Quispe',
    about: 'The only admin of Tidepool, an organization at risk. Can request access to village-maps.',
  },
] as const

/** What stands at the doors of the main organization; invitations go to someone of the demo, or to an address. */
export const waiting = {
  domain: 'meridian-maps.example',
  seats: 50,
  successors: ['Mei Tanaka', 'Priya Raghavan'],
  invitations: [
    { to: 'kofi.asante@example.com', role: 'contributor', message: 'Glad you will join the speech team.', ago: 1 },
    { to: 'lina.berg@example.com', role: 'read', message: '', ago: 4 },
    { to: 'Finn Gallagher', role: 'write', message: '', ago: 2 },
  ],
  /** The admins, who are mailed about requests. */
  told: ['Amara Okafor', 'Jonas Lindqvist'],
  requests: [
    { fullname: 'Aiko Yamamoto', message: 'I would like to try the map models on our recordings.', ago: 1 },
    { fullname: 'Salma Idrissi', message: '', ago: 3 },
  ],
} as const

export type DemoOrganization = typeof meridian | typeof tidepool

export interface DemoGroup {
  name: string
  description: string
  made: number
  autoJoin?: GroupRole
  people: Record<string, GroupRole>
}

/** The resource groups of the main organization. */
export const groups: DemoGroup[] = [
  {
    name: 'Vision research',
    description: 'Models that look at pictures.',
    made: 33,
    people: {
      'Mei Tanaka': 'admin',
      'Chen Wei': 'contributor',
      'Lucas Moreau': 'write',
      'Hana Novakova': 'read',
      'Arash Karimi': 'read',
    },
  },
  {
    name: 'Speech',
    description: 'Recognition and synthesis in 30 languages.',
    made: 31,
    people: {
      'Priya Raghavan': 'admin',
      'Nia Thompson': 'write',
      'Fatima Benali': 'contributor',
      'Kwame Mensah': 'read',
    },
  },
  {
    name: 'Clinical data',
    description: 'Under agreement with three hospitals. Only for listed people.',
    made: 25,
    people: {
      'Leila Haddad': 'admin',
      'Beatriz Almeida': 'write',
      'Viktor Hristov': 'contributor',
      'Naledi Khumalo': 'read',
      'Anjali Deshmukh': 'read',
    },
  },
  {
    name: 'Handbook',
    description: 'Papers that everyone here should read.',
    made: 18,
    autoJoin: 'read',
    people: { 'Ingrid Solberg': 'admin' },
  },
]

export interface DemoRepo {
  owner: 'meridian-labs' | 'tidepool' | 'mei-tanaka'
  type: RepoType
  name: string
  private: boolean
  creator: string
  made: number
  group?: string
  /** People need access to its files, and its card says what they are asked. */
  isGated?: boolean
}

const repo = (
  [type, name]: [RepoType, string],
  creator: string,
  made: number,
  more: Partial<DemoRepo> = {},
): DemoRepo => ({
  owner: 'meridian-labs',
  type,
  name,
  private: false,
  creator,
  made,
  ...more,
})

/** Twelve repositories. */
export const repos: DemoRepo[] = [
  repo(['model', 'compass-7b'], 'Mei Tanaka', 36),
  repo(['model', 'compass-7b-instruct'], 'Rafael Ortega', 30),
  repo(['model', 'retina-screening'], 'Chen Wei', 28, { private: true, group: 'Vision research' }),
  repo(['model', 'field-survey-detector'], 'Lucas Moreau', 15, { group: 'Vision research' }),
  repo(['model', 'harmattan-asr'], 'Priya Raghavan', 27, { private: true, group: 'Speech' }),
  repo(['dataset', 'village-maps'], 'Samuel Adeyemi', 33, { isGated: true }),
  repo(['dataset', 'ward-notes'], 'Leila Haddad', 22, { private: true, group: 'Clinical data' }),
  repo(['dataset', 'spoken-numbers'], 'Fatima Benali', 19, { group: 'Speech' }),
  repo(['space', 'compass-playground'], 'Yara Mansour', 12),
  repo(['space', 'onboarding'], 'Ingrid Solberg', 17, { private: true, group: 'Handbook' }),
  repo(['dataset', 'reef-recordings'], 'Finn Gallagher', 14, { owner: 'tidepool' }),
  repo(['model', 'tiny-ocr'], 'Mei Tanaka', 8, { owner: 'mei-tanaka' }),
]

/** Roles that were changed on the way, newest last. */
export const roleChanges: { fullname: string; from: OrgRole; by: string; ago: number }[] = [
  { fullname: 'Mei Tanaka', from: 'contributor', by: 'Amara Okafor', ago: 32 },
  { fullname: 'Yara Mansour', from: 'read', by: 'Priya Raghavan', ago: 24 },
  { fullname: 'Ingrid Solberg', from: 'read', by: 'Amara Okafor', ago: 21 },
  { fullname: 'Samuel Adeyemi', from: 'contributor', by: 'Jonas Lindqvist', ago: 16 },
  { fullname: 'Beatriz Almeida', from: 'read', by: 'Jonas Lindqvist', ago: 13 },
]

const ofMeridian: ReadonlySet<string> = new Set(meridian.people.map(({ fullname }) => fullname))

/** The email address of a person of the demo. */
export function demoAddress(fullname: string): string {
  const isInside = ofMeridian.has(fullname) || fullname === offboarded.fullname
  return `${demoName(fullname).replace('-', '.')}@${isInside ? verified.domain : 'example.org'}`
}

/** The username of a person of the demo. */
export function demoName(fullname: string): string {
  return fullname.toLowerCase().replaceAll(' ', '-')
}

/** Access tokens of people: what they are for, and how many days ago they were made and last used. */
export const tokens: readonly {
  of: string
  name: string
  role: 'read' | 'write' | 'fineGrained'
  made: number
  used?: number
}[] = [
  { of: 'Amara Okafor', name: 'laptop', role: 'write', made: 39, used: 0 },
  { of: 'Mei Tanaka', name: 'training cluster', role: 'fineGrained', made: 30, used: 0 },
  { of: 'Priya Raghavan', name: 'evaluation', role: 'fineGrained', made: 12, used: 1 },
  { of: 'Chen Wei', name: 'notebook', role: 'read', made: 33, used: 2 },
  { of: 'Tomasz Kowalczyk', name: 'old server', role: 'write', made: 37 },
  { of: 'Hana Novakova', name: 'reading group', role: 'read', made: 21, used: 4 },
]

/** The service account of the main organization, with one token. */
export const serviceAccount = {
  name: 'Nightly training',
  username: 'meridian-labs--nightly-training',
  description: 'Trains the speech models every night and pushes the checkpoints.',
  token: 'training cluster',
  by: 'Jonas Lindqvist',
  made: 18,
  used: 0,
} as const
