// server/rooms.json lists the rooms of the server from the ground up: a room imports only what stands before it. Inside a
// room, sub-rooms stand in the same order, below the files of the room itself.
const plan = require('./server/rooms.json')
const rooms = plan.map(({ room }) => room)

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

const inside = plan.flatMap(({ room, rooms: parts = [] }) =>
  parts.map((part, index) => ({
    name: `${room}-${part.room}-imports-down-only`,
    comment: `server/${room}/${part.room} runs no code of its room but that of the sub-rooms listed before it.`,
    severity: 'error',
    from: { path: `^server/${room}/${part.room}/`, pathNot: String.raw`\.test\.ts$` },
    to: {
      dependencyTypesNot: ['type-only'],
      path: `^server/${room}/`,
      pathNot: `^server/${room}/(${parts
        .slice(0, index + 1)
        .map((below) => below.room)
        .join('|')})/`,
    },
  })),
)

const undeclared = plan.map(({ room, rooms: parts = [] }) => ({
  name: `${room}-declares-its-sub-rooms`,
  comment: `A folder in server/${room} has its place in server/rooms.json before anything is put in it.`,
  severity: 'error',
  from: {
    path: `^server/${room}/[^/]+/`,
    ...(parts.length > 0 && { pathNot: `^server/${room}/(${parts.map((part) => part.room).join('|')})/` }),
  },
  to: {},
}))

const doors = plan
  .flatMap(({ room, ...rest }) => [
    { path: room, ...rest },
    ...(rest.rooms ?? []).map((part) => ({ path: `${room}/${part.room}`, doors: part.doors })),
  ])
  .filter((place) => place.doors !== undefined)
  .map(({ path, doors: files, rooms: parts = [] }) => ({
    name: `${path.replace('/', '-')}-through-its-doors`,
    comment: `server/${path} is entered through ${files.join(', ')}; server/rooms.json lists these doors.`,
    severity: 'error',
    from: { path: '^(server|cli|web|tools)/', pathNot: [`^server/${path}/`, String.raw`\.test\.ts$`] },
    to: {
      path: `^server/${path}/`,
      pathNot: [
        `^server/${path}/(${files.join('|')})[.](ts|tsx)$`,
        ...parts.map((part) => `^server/${path}/${part.room}/`),
      ],
    },
  }))

const test = String.raw`\.test\.tsx?$`
// The conditions of access are SQL that the stores of every room put into their own statements.
const anyStore = ['^server/[^/]+/[a-z-]*store[.]ts$', '^server/[^/]+/[^/]+/[a-z-]*store[.]ts$']
const storeFile = String.raw`[/-]store\.ts$|^server/access/(grants|lists)\.ts$`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...up,
    ...inside,
    ...undeclared,
    ...doors,
    {
      name: 'known-room',
      comment: 'A room has its place in the list above before anything is put in it.',
      severity: 'error',
      from: { path: '^server/[^/]+/', pathNot: `^server/(${rooms.join('|')})/` },
      to: {},
    },
    {
      name: 'config-below-main',
      comment: 'Settings are read by main.ts and handed down; config.ts imports the kernel and its own parts.',
      severity: 'error',
      from: { path: '^server/', pathNot: [String.raw`^server/(main|config|rates-config)\.ts$`, test] },
      to: { path: String.raw`^server/(config|config-error|rates-config)\.ts$` },
    },
    {
      name: 'config-imports-kernel',
      severity: 'error',
      from: { path: String.raw`^server/(config|config-error|rates-config)\.ts$` },
      to: {
        path: '^(server|api)/',
        pathNot: [
          '^server/kernel/',
          String.raw`^server/(config-error|rates-config)\.ts$`,
          String.raw`^api/shapes\.ts$`,
        ],
      },
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
      to: { path: anyStore, pathNot: '^server/$1/' },
    },
    {
      name: 'store-not-from-outside',
      comment: 'Nothing outside the rooms reaches a store either.',
      severity: 'error',
      from: { path: String.raw`^server/[^/]+\.ts$|^(web|cli|bin|bench|tools)/` },
      to: { path: anyStore },
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
