import type * as api from '../../api/index.ts'
import type { InputOf, ResultOf } from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import { record } from '../audit/record.ts'
import { hourSeconds, secondsFromNow } from '../kernel/clock.ts'
import { HubError } from '../kernel/errors.ts'
import { networkOf } from '../shares/network.ts'
import { type Db, transaction } from '../store/database.ts'
import { attemptLimits, countAttempt } from '../users/guessing/attempts.ts'
import { findSsoConfig } from './config-store.ts'
import { readLogout } from './oidc/logout.ts'
import { OidcError } from './oidc/oidc.ts'
import { noteUsed } from './pending-store.ts'
import { openOf, type SsoServices } from './provider.ts'
import { endSessions } from './sign-in-store.ts'

type Sso = typeof api.sso

/** Ends the SSO sessions that a logout token of the identity provider names; each token counts once. */
export async function backchannelLogout(
  db: Db,
  permit: Permit<'sso.backchannelLogout'>,
  { logout_token }: InputOf<Sso['backchannelLogout']>,
  services: SsoServices,
): Promise<ResultOf<Sso['backchannelLogout']>> {
  const { org, request } = permit
  await countAttempt(db, attemptLimits.ssoLogout, networkOf(request.ip))
  const config = await findSsoConfig(db, org.id)
  if (config?.protocol !== 'oidc') throw new HubError('NotFound', 'Not found')
  const { id, subject, sid } = await openOf(config, org, services)
    .then((provider) =>
      readLogout(logout_token, {
        ...{ issuer: config.issuer, clientId: config.clientId ?? '', outbound: services.outbound },
        jwks: provider.serverMetadata().jwks_uri ?? '',
      }),
    )
    .catch((error) => {
      throw error instanceof OidcError ? new HubError('BadRequest', error.message) : error
    })
  await transaction(db, async (tx) => {
    if (!(await noteUsed(tx, org.id, id, secondsFromNow(hourSeconds))))
      throw new HubError('BadRequest', 'This is a used logout token.')
    const ended = await endSessions(tx, { orgId: org.id, subject, sid })
    if (ended.length === 0) return
    const message = `ended SSO sessions at the request of the identity provider (${ended.length})`
    await record(tx, permit, {
      type: 'org.sso_logout',
      message,
      data: { users: [...new Set(ended)], subject: subject ?? null },
      scope: org.id,
    })
  })
  return {}
}
