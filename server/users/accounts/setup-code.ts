import { type InstanceKey, randomText } from '../../kernel/secret.ts'
import type { Db } from '../../store/database.ts'
import { needsSetup } from './accounts.ts'
import { findSetupCode, keepSetupCode } from './instance-store.ts'

const codeLength = 22

/** The code that creates the first operator, the same in every process; undefined once there is an operator. */
export async function openSetupCode(db: Db, key: InstanceKey): Promise<string | undefined> {
  if (!(await needsSetup(db))) return undefined
  return key.open(await keepSetupCode(db, key.seal(randomText(codeLength))))
}

/** Reads the code that a start has made; undefined where there is none. */
export async function readSetupCode(db: Db, key: InstanceKey): Promise<string | undefined> {
  const sealed = await findSetupCode(db)
  return sealed === null ? undefined : key.open(sealed)
}
