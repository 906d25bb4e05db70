import { pino } from 'pino'

/** The logger of this process: JSON lines on standard output. */
export const log = pino({
  level: 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  // pg hangs the whole client, with the text of every prepared statement, on the errors of its connections
  redact: { paths: ['req.headers.authorization', 'req.headers.cookie', 'err.client'], remove: true },
})
