import { startTestPostgres } from './postgres.ts'

let stop: (() => Promise<void>) | undefined

/** Starts one PostgreSQL for all test files. */
export async function globalSetup(): Promise<void> {
  const postgres = await startTestPostgres()
  process.env.GUILDHALL_TEST_DATABASE_URL = postgres.url
  stop = postgres.stop
}

/** Stops it again. */
export async function globalTeardown(): Promise<void> {
  await stop?.()
}
