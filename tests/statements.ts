import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Server } from 'node:http'
import pg from 'pg'
import { type Question, valuesNow } from '../server/store/questions.ts'
import { shortReadAsked } from '../server/store/short-reads.ts'

/** A statement as it went to PostgreSQL. */
export interface Statement {
  text: string
  values: unknown[]
  /** What was being done. */
  during: string
  site: Site
  /** It is asked together with the same of others, which differ in their values. */
  isShort?: true
  /** What PostgreSQL answered; undefined where it refused. */
  reply?: { fields: pg.FieldDef[]; rows: Record<string, unknown>[] }
}

/** Where the server asked. */
export interface Site {
  file: string
  /** The function, as far as it has a name. */
  name: string
  line: number
  column: number
}

/** Writes down the statements that are sent in the course of something. */
export interface Recorder {
  statements: Statement[]
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  stop(): void
}

const course = new AsyncLocalStorage<string>()
const control = /^(set|discard|begin|start transaction|commit|rollback|savepoint|release)\b/i

/** Begins to write down statements; those of the background, which come when they come, are left out. */
export function recordStatements(): Recorder {
  const statements: Statement[] = []
  const { query } = pg.Client.prototype
  // From the client up through Kysely to the store it is far.
  Error.stackTraceLimit = 60
  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads
  pg.Client.prototype.query = function (this: pg.Client, ...args: any[]): any {
    const during = course.getStore()
    const [first, second] = args
    const { text, values } = typeof first === 'string' ? { text: first, values: second } : first
    const reply = Reflect.apply(query, this, args)
    // Sent for all who asked in one turn; each is written down where it asks
    if (first instanceof pg.Query) return reply
    if (during === undefined || typeof text !== 'string' || control.test(text)) return reply
    const statement: Statement = { text, values: values ?? [], during, site: callSite() }
    statements.push(statement)
    reply?.then?.(
      (answer: pg.QueryResult | pg.QueryResult[]) => {
        // Several statements in one text have as many answers.
        if (!Array.isArray(answer)) statement.reply = { fields: answer.fields, rows: answer.rows.slice(0, 20) }
      },
      () => undefined,
    )
    return reply
  } as typeof query
  const onShortRead = (asked: unknown) => {
    const { text, values } = asked as Question
    const during = course.getStore()
    if (during !== undefined)
      statements.push({ text, values: valuesNow(values), during, site: callSite(), isShort: true })
  }
  subscribe(shortReadAsked, onShortRead)
  return {
    statements,
    during: (what, work) => course.run(what, work),
    stop: () => {
      pg.Client.prototype.query = query
      unsubscribe(shortReadAsked, onShortRead)
    },
  }
}

/** The header that says what a request is a part of. */
export const courseHeader = 'x-course'

/** Has a server answer each request in the course that its header names. */
export function followCourse(server: Server): void {
  const listeners = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    const what = request.headers[courseHeader]
    const answer = () => {
      for (const listener of listeners) listener.call(server, request, response)
    }
    if (typeof what === 'string') course.run(what, answer)
    else answer()
  })
}

const frame = /at (?:async )?(?:(\S+) \(|(?:async )?)\S*?\/(server\/\S+?):(\d+):(\d+)\)?$/
const ways = /^server\/store\/(database|short-reads)\.ts$/

// The nearest place above the store's own machinery.
function callSite(): Site {
  for (const line of (new Error().stack ?? '').split('\n')) {
    const [, name = '', file, row, column] = line.match(frame) ?? []
    if (file === undefined || ways.test(file)) continue
    return { file, name: name.replace(/^.*\./, ''), line: Number(row), column: Number(column) }
  }
  return { file: 'unknown', name: '', line: 0, column: 0 }
}

/** The texts of statements, each once, under the function that sends it. */
export function listTexts(statements: readonly Statement[]): string {
  const texts = new Set(statements.map(({ site, text }) => `-- ${site.file} ${site.name}\n${tidied(text)};\n`))
  return [...texts].sort().join('\n')
}

// Indentation is that of the source; rows that are inserted together are as many as there happen to be.
function tidied(text: string): string {
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '))
  return lines.filter((line) => line !== '').join('\n')
}
