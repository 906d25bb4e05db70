import { LRUCache } from 'lru-cache'
import { minuteSeconds } from '../kernel/clock.ts'
import type { InstanceKey } from '../kernel/secret.ts'
import type { Links } from '../mail/links.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { SsoConfig } from './config-store.ts'
import { openProvider } from './oidc/oidc.ts'

/** What signing in uses of the instance. */
export interface SsoServices {
  key: InstanceKey
  links: Links
  outbound: Outbound
}

interface Named {
  id: string
  name: string
}

/** The address to which the identity provider sends people back. */
export function redirectUriOf({ name }: Named, { links }: Pick<SsoServices, 'links'>): string {
  return `${links.publicUrl}/sso/${encodeURIComponent(name)}/callback`
}

// What providers say about themselves changes seldom; keys that they change are looked up again.
const opened = new LRUCache<string, ReturnType<typeof openProvider>>({ max: 200, ttl: 10 * minuteSeconds * 1000 })

/** The OpenID provider of an organization, ready to sign in with; of settings that did not change it is kept for minutes. */
export function openOf(config: SsoConfig, org: Named, services: SsoServices): ReturnType<typeof openProvider> {
  const key = `${config.orgId} ${config.updatedAt.getTime()} ${org.name} ${services.links.publicUrl}`
  const known = opened.get(key)
  if (known !== undefined) return known
  const opening = openProvider(settingsOf(config, org, services))
  opened.set(key, opening)
  opening.catch(() => opened.delete(key))
  return opening
}

function settingsOf(config: SsoConfig, org: Named, services: SsoServices) {
  const { issuer, clientSecret, authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = config
  const isPasted = authorizationEndpoint !== null && tokenEndpoint !== null && jwksUri !== null
  return {
    issuer,
    clientId: config.clientId ?? '',
    clientSecret: clientSecret === null ? undefined : services.key.open(clientSecret),
    endpoints: isPasted
      ? { authorization: authorizationEndpoint, token: tokenEndpoint, jwks: jwksUri, userinfo: userinfoEndpoint }
      : null,
    redirectUri: redirectUriOf(org, services),
    outbound: services.outbound,
  }
}
