// How to look at what is in a repository so that a caller with the right succeeds.
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const repoId = (world: World) => `${world.org.name}/${world.repo.name}`

// What is looked at is there only for those who ask for it.
const at =
  (path: (id: string) => string): Make =>
  async (world) => {
    await world.content()
    return { path: path(repoId(world)) }
  }
const api = (tail: string) => at((id) => `/api/models/${id}${tail}`)

/** A file that is no card. */
export const fileOfRepository = at((id) => `/${id}/resolve/main/data/a.txt`)

/** One recipe for every operation that shows content. */
export const browsingRecipes: Record<string, Make> = {
  'get /:repoPrefix/:namespace/:repo/resolve/:rev/*': at((id) => `/${id}/resolve/main/README.md`),
  'get /:repoPrefix/:namespace/:repo/raw/:rev/*': at((id) => `/${id}/raw/main/weights.bin`),
  'get /api/resolve-cache/:repoType/:namespace/:repo/:rev/*': at(
    (id) => `/api/resolve-cache/models/${id}/main/weights.bin`,
  ),
  'get /api/:repoType/:namespace/:repo': api('?blobs=true'),
  'get /api/:repoType/:namespace/:repo/revision/:rev': api('/revision/HEAD'),
  'get /api/:repoType/:namespace/:repo/tree/:rev': api('/tree/main?recursive=true'),
  'get /api/:repoType/:namespace/:repo/tree/:rev/*': api('/tree/main/data?expand=true'),
  'post /api/:repoType/:namespace/:repo/paths-info/:rev': async (world) => ({
    path: `/api/models/${repoId(world)}/paths-info/${(await world.content()).tag}`,
    body: { paths: ['weights.bin', 'data'], expand: true },
  }),
  'get /api/:repoType/:namespace/:repo/refs': api('/refs'),
  'get /api/:repoType/:namespace/:repo/commits/:rev': api('/commits/main'),
  'get /api/:repoType/:namespace/:repo/commits/:rev/*': api('/commits/refs/heads/main'),
  'get /api/:repoType/:namespace/:repo/commit/:rev': api('/commit/main'),
  'get /api/:repoType/:namespace/:repo/compare/*': api('/compare/v1...main'),
  'get /api/:repoType/:namespace/:repo/treesize/:rev/*': api('/treesize/main/data'),
  'get /api/:repoType/:namespace/:repo/auth-check': api('/auth-check'),
  'get /api/:repoType/:namespace/:repo/auth-check/write': api('/auth-check/write'),
}
