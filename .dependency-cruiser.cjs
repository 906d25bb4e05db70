// The rooms of the server, from the ground up: a room imports only what stands before it.
const rooms = [
  'kernel',
  'csv',
  'store',
  'git',
  'lfs',
  'access',
  'mail',
  'jobs',
  'audit',
  'users',
  'orgs',
  'members',
  'groups',
  'tokens',
  'repos',
  'joining',
  'sso',
  'scim',
  'leaving',
  'demo',
  'http',
]

const up = rooms.map((room, index) => ({
  name: `${room}-imports-down-only`,
  comment: `server/${room} imports only the rooms below it: ${rooms.slice(0, index).join(', ') || 'none'}.`,
  severity: 'error',
  from: { path: `^server/${room}/` },
  to: {
    path: '^server/',
    pathNot: `^server/(${rooms.slice(0, index + 1).join('|')})/`,
  },
}))

const test = String.raw`\.test\.ts$`
const storeFile = String.raw`[/-]store\.ts$`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...up,
    {
      name: 'known-room',
      comment: 'A room has its place in the list above before anything is put in it.',
      severity: 'error',
      from: { path: '^server/[^/]+/', pathNot: `^server/(${rooms.join('|')})/` },
      to: {},
    },
    {
      name: 'config-below-main',
      comment: 'Settings are read by main.ts and handed down; config.ts imports the kernel alone.',
      severity: 'error',
      from: { path: '^server/', pathNot: [String.raw`^server/(main|config)\.ts$`, test] },
      to: { path: String.raw`^server/config\.ts$` },
    },
    {
      name: 'config-imports-kernel',
      severity: 'error',
      from: { path: String.raw`^server/config\.ts$` },
      to: { path: '^(server|api)/', pathNot: '^server/kernel/' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: {},
      to: { path: String.raw`^server/main\.ts$` },
    },
    {
      name: 'store-of-own-room',
      comment: 'Another room is entered through its rules, never through its store.',
      severity: 'error',
      from: { path: '^server/([^/]+)/', pathNot: test },
      to: { path: `^server/[^/]+/[a-z-]*store[.]ts$`, pathNot: '^server/$1/' },
    },
    {
      name: 'store-not-from-outside',
      comment: 'Nothing outside the rooms reaches a store either.',
      severity: 'error',
      from: { path: String.raw`^server/[^/]+\.ts$|^(web|cli|bin|bench|tools)/` },
      to: { path: `^server/[^/]+/[a-z-]*store[.]ts$` },
    },
    {
      name: 'sql-in-stores-only',
      comment: 'Only store files write SQL.',
      severity: 'error',
      from: { path: '^server/', pathNot: ['^server/store/', storeFile, test] },
      to: { path: String.raw`^server/store/(sql|tables)\.ts$` },
    },
    {
      name: 'kysely-in-stores-only',
      comment: 'Kysely and the driver are reached through server/store; the queue keeps a pool of its own.',
      severity: 'error',
      from: { path: '^(server|api|web)/', pathNot: ['^server/store/', '^server/jobs/', storeFile, test] },
      to: { path: '(^|/)node_modules/(kysely|pg)/' },
    },
    {
      name: 'api-stands-alone',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^(server|web|cli|tests|bench|tools|bin)/' },
    },
    {
      name: 'pages-and-commands-use-the-api-alone',
      comment: 'Whatever a button or a command does, a script can do.',
      severity: 'error',
      from: { path: '^(web|cli)/([^/]+)', pathNot: test },
      to: { path: '^(server|web|cli|tests|bench|tools|bin)/', pathNot: '^$1/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { path: '^(api|server|web|cli|bin)/', pathNot: test },
      to: { path: '^(tests|bench)/' },
    },
    {
      name: 'server-does-not-import-outwards',
      severity: 'error',
      from: { path: '^server/', pathNot: test },
      to: { path: '^(web|cli|bin|tools)/' },
    },
    {
      name: 'no-cycles',
      comment: 'Types alone may point back inside a room: they are gone when the program runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-is-found',
      comment: 'An import that leads nowhere hides what stands behind it.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-development-libraries-at-work',
      severity: 'error',
      from: { path: '^(api|server|web|cli|bin)/', pathNot: test },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^web/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json', '.css'],
    },
    skipAnalysisNotInRules: true,
  },
}
