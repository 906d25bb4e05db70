// Puts the clients' own tests into .tools/, where tests/clients/suites.test.ts looks for them. Run by CI and `npm run soak`.
import { fileURLToPath } from 'node:url'
import { fetchSuite, versionIn } from './places.ts'

for (const folder of [process.env.GUILDHALL_NEWEST_PYTHON ?? '.venv', '.venv-0.36']) {
  const python = fileURLToPath(new URL(`../../../${folder}/bin/python`, import.meta.url))
  const version = versionIn(python)
  if (version !== undefined) fetchSuite(python, version)
}
