import plan from '../server/rooms.json' with { type: 'json' }
import type { Generated } from './files.ts'
import { page, table } from './markdown.ts'

interface Room {
  room: string
  is: string
  /** The files through which others enter; without any, every file but the stores is a door. */
  doors?: string[]
  rooms?: Room[]
}

const rooms: readonly Room[] = plan

/** The page on the structure of the server, from the same list that the check of imports reads. */
export function architectureFile(): Generated {
  return {
    file: 'docs/architecture.md',
    content: page('Architecture', [...introduction, roomTable(), ...subRooms(), ...around]),
  }
}

const introduction = [
  'Guildhall is one npm package in TypeScript. A request goes one way: `http` decides and parses, a rule in a room does the work, a store file talks to PostgreSQL. `api/` holds the contract (paths, shapes, actions) and imports nothing else of the project; `web/` and `cli/` import `api/` alone, so everything that a page or a command does, a script can do.',
  '## Rooms of the server',
  'Each concept has one room under `server/`. A room imports only rooms that stand above it in this table, and never another room’s store. `npm run check` enforces the table; it is generated from `server/rooms.json`.',
]

const around = [
  '## Where a change goes',
  table(
    ['To change', 'Look in'],
    [
      ['what a role may do', '`server/access/policy.ts`, then `tests/snapshots/policy.txt` and `access.txt`'],
      ['the shape of a request or reply', '`api/`, one file per topic'],
      ['which rule serves an operation', '`server/http/routes*.ts`'],
      ['a statement of SQL', 'the `*store.ts` file of its room; nothing else writes SQL'],
      ['a table', 'a new file in `server/store/migrations/`, then `npm run generate`'],
      ['a page', '`web/pages/`'],
      ['a command', '`cli/`'],
    ],
  ),
  'Why things are built this way: [decisions](decisions/README.md). How to add an operation: [CONTRIBUTING.md](../CONTRIBUTING.md).',
]

function roomTable(): string {
  return table(
    ['Room', 'What it holds', 'Entered through'],
    rooms.map((room) => [`\`${room.room}\``, room.is, doorsOf(room)]),
  )
}

function subRooms(): string[] {
  return rooms.flatMap(({ room, rooms: parts = [] }) =>
    parts.length === 0
      ? []
      : [
          `### Inside \`${room}\``,
          `From the ground up; the files of \`server/${room}\` itself stand above all of them.`,
          table(
            ['Sub-room', 'What it holds', 'Entered through'],
            parts.map((part) => [`\`${room}/${part.room}\``, part.is, doorsOf(part)]),
          ),
        ],
  )
}

function doorsOf({ doors }: Room): string {
  if (doors === undefined) return 'any file but its stores'
  return doors.length === 0 ? 'its sub-rooms alone' : doors.map((door) => `\`${door}.ts\``).join(', ')
}
