import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Folder of the package. */
export const packageRoot = fileURLToPath(new URL('..', import.meta.url))

/** Everything the command line reads from its environment, and what it stands for. */
export const variables = [
  ['HF_TOKEN', 'access token; commands act as its owner'],
  ['HF_ENDPOINT', 'URL of the server for HF_TOKEN (default: Guildhall on this machine)'],
  ['GUILDHALL_DATA_DIR', 'data folder of Guildhall on this machine (default: ./data in the package)'],
  ['GUILDHALL_PASSWORD', 'password for “operator create”, “users create”, and “org delete”'],
] as const

// The one place where the command line reads its environment
const environment = process.env

/** The environment as the command line uses it; an empty variable counts as none. */
export const surroundings = {
  token: environment.HF_TOKEN?.trim() || undefined,
  endpoint: environment.HF_ENDPOINT?.replace(/\/+$/, '') || undefined,
  dataDir: environment.GUILDHALL_DATA_DIR ? resolve(environment.GUILDHALL_DATA_DIR) : join(packageRoot, 'data'),
  password: environment.GUILDHALL_PASSWORD || undefined,
  host: environment.GUILDHALL_HOST || '127.0.0.1',
  port: environment.GUILDHALL_PORT || '8080',
  databaseUrl: environment.DATABASE_URL || undefined,
  smtpUrl: environment.GUILDHALL_SMTP_URL || undefined,
  countryDatabase: environment.GUILDHALL_COUNTRY_DATABASE || undefined,
}

/** The environment for a program of this package that this one starts. */
export function childEnvironment(): NodeJS.ProcessEnv {
  return environment
}
