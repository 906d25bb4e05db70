// npm run test:idp: single sign-on with Keycloak through a real browser. Fetches Keycloak the first time.
import { spawnSync } from 'node:child_process'

if (spawnSync('java', ['-version']).status === 0) await import('./install-keycloak.ts')
const words = [
  '--test',
  '--test-global-setup=tests/global-setup.ts',
  '--test-timeout=600000',
  'tests/idp/keycloak.test.ts',
]
process.exitCode = spawnSync(process.execPath, words, { stdio: 'inherit' }).status ?? 1
