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
  'Guildhall is one npm package in TypeScript. Every request takes the same path: `http` checks access and parses the request, a rule in a room does the work, and a store file talks to PostgreSQL. `api/` contains the contract (paths, schemas, actions) and imports nothing else from the project. `web/` and `cli/` import only `api/`, so a script can do everything that a page or a command does.',
  '## Rooms of the server',
  'Each concept has one room under `server/`. A room can import only rooms above it in this table, and never another room’s store. The table is generated from `server/rooms.json`, and `npm run check` enforces it.',
]

const around = [
  '## Where to make a change',
  table(
    ['To change', 'Edit'],
    [
      ['What a role can do', '`server/access/policy.ts`, then `tests/snapshots/policy.txt` and `access.txt`'],
      ['The schema of a request or response', '`api/`, one file per topic'],
      ['Which rule serves an operation', '`server/http/routes*.ts`'],
      ['An SQL statement', 'The `*store.ts` file of its room. No other file contains SQL.'],
      ['A table', 'A new file in `server/store/migrations/`, then `npm run generate`'],
      ['A page', '`web/pages/`'],
      ['A command', '`cli/`'],
    ],
  ),
  'See the [decision records](decisions/README.md) for the reasons behind the design, and [Contributing](../CONTRIBUTING.md) for how to add an operation.',
]

function roomTable(): string {
  return table(
    ['Room', 'Contains', 'Public files'],
    rooms.map((room) => [`\`${room.room}\``, room.is, doorsOf(room)]),
  )
}

function subRooms(): string[] {
  return rooms.flatMap(({ room, rooms: parts = [] }) =>
    parts.length === 0
      ? []
      : [
          `### Inside \`${room}\``,
          `A sub-room can import only sub-rooms above it. The files of \`server/${room}\` itself can import all of them.`,
          table(
            ['Sub-room', 'Contains', 'Public files'],
            parts.map((part) => [`\`${room}/${part.room}\``, part.is, doorsOf(part)]),
          ),
        ],
  )
}

function doorsOf({ doors }: Room): string {
  if (doors === undefined) return 'All except its stores'
  return doors.length === 0 ? 'Only those of its sub-rooms' : doors.map((door) => `\`${door}.ts\``).join(', ')
}
