import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { randomText } from './kernel/secret.ts'
import type { KeyFile } from './keys/instance-key.ts'
import { StartRefused } from './store/processes.ts'

/** The secret key of a start, the one before while it is being rotated, and the file that they are in, if they are. */
export interface SecretKey {
  secretKey: string
  previousSecretKey: string | undefined
  keyFile: KeyFile | undefined
}

/** What is set, each empty where it is not. */
interface Given {
  secretKey: string
  previousSecretKey: string
  dataDir: string
}

const shortest = 32

/** The secret key: the one that is set, or the one kept in the data folder, made at the first start. */
export function secretKeyOf({ secretKey, previousSecretKey, dataDir }: Given): SecretKey {
  if (secretKey === '' && previousSecretKey !== '')
    throw new StartRefused('GUILDHALL_PREVIOUS_SECRET_KEY needs GUILDHALL_SECRET_KEY.')
  if (secretKey === '') return inFolder(dataDir)
  return {
    secretKey: longEnough('GUILDHALL_SECRET_KEY', secretKey),
    previousSecretKey:
      previousSecretKey === '' ? undefined : longEnough('GUILDHALL_PREVIOUS_SECRET_KEY', previousSecretKey),
    keyFile: undefined,
  }
}

function longEnough(name: string, key: string): string {
  if (key.length >= shortest) return key
  throw new StartRefused(`${name} must be at least ${shortest} characters.`)
}

function inFolder(dataDir: string): SecretKey {
  mkdirSync(dataDir, { recursive: true })
  const file = join(dataDir, 'secret.key')
  const former = join(dataDir, 'secret.key.previous')
  if (!existsSync(file)) writeNew(file, randomText(64))
  const read = (path: string) => readFileSync(path, 'utf8').trim()
  const secretKey = read(file)
  const previous = existsSync(former) ? read(former) : secretKey
  const keyFile: KeyFile = {
    // The key before is kept first: whenever the process dies, no key is lost.
    replace(next) {
      const fresh = `${file}.new`
      rmSync(former, { force: true })
      writeNew(former, read(file))
      rmSync(fresh, { force: true })
      writeNew(fresh, next)
      renameSync(fresh, file)
    },
    dropPrevious: () => rmSync(former, { force: true }),
  }
  return { secretKey, previousSecretKey: previous === secretKey ? undefined : previous, keyFile }
}

function writeNew(file: string, content: string): void {
  try {
    writeFileSync(file, `${content}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
