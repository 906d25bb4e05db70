import { pino } from 'pino'

/** The logger of this process: JSON lines on standard output. */
export const log = pino({
  level: 'info',
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (label) => ({ level: label }) },
  redact: ['req.headers.authorization', 'req.headers.cookie'],
})
