// Puts Keycloak into .tools/, where the tests of single sign-on look for it. Run by `npm run test:idp` and by CI.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { keycloakFolder, keycloakVersion } from './keycloak.ts'

const sha256 = '27a6535553c3cdcd083872ba40629efafb3475e3b758e0c6f691395561dd0f1f'
const source = `https://repo1.maven.org/maven2/org/keycloak/keycloak-quarkus-dist/${keycloakVersion}/keycloak-quarkus-dist-${keycloakVersion}.zip`

async function install(): Promise<void> {
  if (existsSync(keycloakFolder)) return
  const parts = `${keycloakFolder}.${process.pid}`
  mkdirSync(parts, { recursive: true })
  try {
    const zip = join(parts, 'keycloak.zip')
    await download(zip)
    execFileSync('python3', ['-m', 'zipfile', '-e', zip, parts])
    renameSync(join(parts, `keycloak-${keycloakVersion}`), keycloakFolder)
  } finally {
    rmSync(parts, { recursive: true, force: true })
  }
}

async function download(to: string): Promise<void> {
  const { ok, status, body } = await fetch(source)
  if (!ok || !body) throw new Error(`${source} answered ${status}`)
  await pipeline(Readable.fromWeb(body), createWriteStream(to))
  const hash = createHash('sha256')
  await pipeline(createReadStream(to), hash)
  if (hash.digest('hex') !== sha256) throw new Error(`${source} has another checksum than expected`)
}

await install()
