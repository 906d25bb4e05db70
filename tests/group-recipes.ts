import { randomText } from '../server/kernel/secret.ts'
import type { Make } from './recipes.ts'
import type { World } from './world.ts'

const org = (tail: string) => (world: World) => ({ path: `/api/organizations/${world.org.name}${tail}` })
const groupPath = (world: World) => `/api/organizations/${world.org.name}/resource-groups/${world.group.id}`
const fresh = () => `fresh-${randomText(8).toLowerCase()}`

/** Recipes of resource groups. */
export const groupRecipes: Record<string, Make> = {
  'get /api/organizations/:org/resource-groups': org('/resource-groups'),
  'get /api/organizations/:org/resource-group-summaries': org('/resource-group-summaries'),
  'post /api/organizations/:org/resource-groups': (world) => ({
    ...org('/resource-groups')(world),
    body: { name: fresh(), users: [{ user: world.target.name, role: 'admin' }] },
  }),
  'get /api/organizations/:org/resource-groups/:group': (world) => ({ path: groupPath(world) }),
  'patch /api/organizations/:org/resource-groups/:group': (world) => ({
    path: groupPath(world),
    body: { description: 'Speech' },
  }),
  'delete /api/organizations/:org/resource-groups/:group': (world) => ({ path: groupPath(world) }),
  'post /api/organizations/:org/resource-groups/:group/settings': (world) => ({
    path: `${groupPath(world)}/settings`,
    body: { autoJoin: { enabled: true, role: 'read', scope: 'all' } },
  }),
  'post /api/organizations/:org/resource-groups/:group/users': (world) => ({
    path: `${groupPath(world)}/users`,
    body: { users: [{ user: world.bystander.name, role: 'read' }] },
  }),
  'patch /api/organizations/:org/resource-groups/:group/users/:username': (world) => ({
    path: `${groupPath(world)}/users/${world.target.name}`,
    body: { role: 'write' },
  }),
  'delete /api/organizations/:org/resource-groups/:group/users/:username': (world) => ({
    path: `${groupPath(world)}/users/${world.target.name}`,
  }),
}
