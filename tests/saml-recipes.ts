import type { Make } from './recipes.ts'
import { bothSides, idpMetadata } from './saml/idp.ts'
import type { World } from './world.ts'

let metadata: Promise<string> | undefined

const settings = (world: World) => `/api/organizations/${world.org.name}/settings/sso/saml`

/** Recipes of SAML. */
export const samlRecipes: Record<string, Make> = {
  'get /api/organizations/:org/settings/sso/saml': (world) => ({ path: settings(world) }),
  'put /api/organizations/:org/settings/sso/saml': async (world) => {
    metadata ??= bothSides().then(idpMetadata)
    return { path: settings(world), body: { metadata: await metadata } }
  },
  'post /api/organizations/:org/settings/sso/saml/refresh': (world) => ({
    path: `${settings(world)}/refresh`,
    body: {},
  }),
  'get /sso/:org/metadata': (world) => ({ path: `/sso/${world.org.name}/metadata` }),
  'post /sso/:org/acs': (world) => ({
    path: `/sso/${world.org.name}/acs`,
    body: 'SAMLResponse=PGEvPg%3D%3D&RelayState=none',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  }),
}
