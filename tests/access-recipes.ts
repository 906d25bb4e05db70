import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const about = (tail: string) => (world: World) => ({
  path: `/api/organizations/${world.org.name}/access/${tail}`
    .replace('{user}', world.target.name)
    .replace('{repo}', `${world.org.name}/${world.repo.name}`),
})

/** Recipes of questions about access. */
export const accessRecipes: Record<string, Make> = {
  'get /api/organizations/:org/access/explain': about('explain?user={user}&repo={repo}&action=repo.read'),
  'get /api/organizations/:org/access/who-can': about('who-can?repo={repo}&action=repo.read'),
  'get /api/organizations/:org/access/who-can/export': about('who-can/export?repo={repo}'),
  'get /api/organizations/:org/access/repositories': about('repositories?user={user}'),
}
