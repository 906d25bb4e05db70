// Checks that package-lock.json knows every optional package, also those for other platforms. npm forgets them when
// the lock is made where they cannot be got, and `npm ci` then refuses the lock everywhere.
import { readFileSync } from 'node:fs'
import { root } from './files.ts'

interface Lock {
  packages: Record<string, { optionalDependencies?: Record<string, string> }>
}

const { packages } = JSON.parse(readFileSync(`${root}package-lock.json`, 'utf8')) as Lock
const forgotten = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([name]) => !isKnown(place, name))
    .map(
      ([name, version]) => `package-lock.json has no ${name}@${version}, which ${place || 'package.json'} may need.`,
    ),
)
for (const problem of forgotten) console.error(problem)
process.exitCode = forgotten.length === 0 ? 0 : 1

// Where Node would look: beside the package that asks, then in every folder around it.
function isKnown(place: string, name: string): boolean {
  if (`${place ? `${place}/` : ''}node_modules/${name}` in packages) return true
  return place !== '' && isKnown(place.slice(0, Math.max(0, place.lastIndexOf('node_modules/') - 1)), name)
}
