import { randomText } from '../server/kernel/secret.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const repoPath = (world: World) => `/api/models/${world.org.name}/${world.repo.name}`

/** How to call what changes the files, branches and tags of a repository. */
export const contentRecipes: Record<string, Make> = {
  'post /api/:repoType/:namespace/:repo/preupload/:rev': async (world) => {
    await world.content()
    return { path: `${repoPath(world)}/preupload/main`, body: { files: [{ path: 'b.txt', size: 3, sample: '' }] } }
  },
  'post /api/:repoType/:namespace/:repo/commit/:rev': async (world) => {
    await world.content()
    const lines = [
      { key: 'header', value: { summary: 'Add b' } },
      { key: 'file', value: { path: 'b.txt', content: 'two' } },
    ]
    return {
      path: `${repoPath(world)}/commit/main`,
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    }
  },
  'post /api/:repoType/:namespace/:repo/branch/:rev': async (world) => {
    await world.content()
    return { path: `${repoPath(world)}/branch/new`, body: {} }
  },
  'delete /api/:repoType/:namespace/:repo/branch/:rev': async (world) => {
    const { branch } = await world.content()
    return { path: `${repoPath(world)}/branch/${branch}` }
  },
  'post /api/:repoType/:namespace/:repo/tag/:rev': async (world) => {
    await world.content()
    return { path: `${repoPath(world)}/tag/main`, body: { tag: 'v2' } }
  },
  'delete /api/:repoType/:namespace/:repo/tag/:rev': async (world) => {
    const { tag } = await world.content()
    return { path: `${repoPath(world)}/tag/${tag}` }
  },
  'post /api/:repoType/:namespace/:repo/super-squash/:rev': async (world) => {
    await world.content()
    return { path: `${repoPath(world)}/super-squash/main`, body: {} }
  },
  'post /api/:repoType/:namespace/:repo/duplicate': async (world) => {
    await world.content()
    return {
      path: `${repoPath(world)}/duplicate`,
      body: { repository: `${world.org.name}/copy-${randomText(8).toLowerCase()}` },
    }
  },
}
