import * as api from '../../api/index.ts'
import { readMail, retryMail, revealMail } from '../audit/outbox.ts'
import { instanceAuditLog } from '../audit/search.ts'
import { verifyInstanceLog } from '../audit/verify.ts'
import { fillDemo } from '../demo/rules.ts'
import { signUpInvited } from '../joining/invitations/sign-up.ts'
import { viewClaim } from '../joining/requests/claims.ts'
import { now } from '../kernel/clock.ts'
import { deleteAccount } from '../leaving/account/deletion.ts'
import type { Links } from '../mail/links.ts'
import { listOutbox } from '../mail/outbox.ts'
import { disableTwoFactor } from '../members/accounts.ts'
import { addMemberFor } from '../members/entry.ts'
import { createOrganizationFor } from '../members/founding.ts'
import { updatePerson } from '../members/suspension.ts'
import { listNotifications } from '../notifications/rules.ts'
import { approveDevice, denyDevice, viewDevice } from '../oauth/approval.ts'
import { requestDeviceCode } from '../oauth/device.ts'
import { issueToken } from '../oauth/grants.ts'
import { listOrganizations, updateOrganizationPlan } from '../orgs/operator.ts'
import { checkRepositories } from '../repos/check.ts'
import { deleteOwnerless, listOwnerless, transferOwnerless } from '../repos/ownerless.ts'
import { resetXet } from '../repos/xet/xet-reset.ts'
import { revokeLeaked } from '../tokens/leaks.ts'
import { createToken, createTokenFor, deleteToken, listTokens, rotateToken, updateToken } from '../tokens/rules.ts'
import { getAccount, updateAccount } from '../users/accounts/accounts.ts'
import * as emails from '../users/accounts/emails.ts'
import { describeInstance, getInstanceSettings, updateInstanceSettings } from '../users/accounts/instance.ts'
import * as profiles from '../users/accounts/profiles.ts'
import { listMyOrganizations, whoami } from '../users/accounts/whoami.ts'
import * as avatars from '../users/avatars/avatars.ts'
import { createPerson, listPeople } from '../users/people.ts'
import { listRateLimits } from '../users/rates/rates.ts'
import { endOtherSessions, endSession, listSessions, signOut } from '../users/sessions/sessions.ts'
import { requestPasswordReset, resetPassword } from '../users/sign-in/password-reset.ts'
import { confirmSession } from '../users/sign-in/session-confirmation.ts'
import { signIn } from '../users/sign-in/sign-in.ts'
import * as twoFactor from '../users/sign-in/two-factor.ts'
import { dropTelemetry, type HubInfo, operatorHealth, serveProbes } from './health.ts'
import { rotateKey } from './key-rotation.ts'
import { serveDescription } from './openapi.ts'
import {
  addGroupRoutes,
  addJoiningRoutes,
  addLeavingRoutes,
  addOrganizationRoutes,
  addSamlRoutes,
  addSeatRoutes,
} from './routes-organizations.ts'
import { addProvisioningRoutes, addSsoRoutes } from './routes-provisioning.ts'
import {
  addCollaboratorRoutes,
  addFileRoutes,
  addGateRoutes,
  addGitRoutes,
  addLfsRoutes,
  addRepositoryRoutes,
  addXetRoutes,
} from './routes-repositories.ts'
import { serve } from './serve.ts'
import type { Server } from './services.ts'
import { setUp } from './setup.ts'

/** What the routes need to know of this start. */
export type StartInfo = Omit<HubInfo, 'startedAt'> & {
  /** Of the pages. */
  build: string
  demo: api.users.DemoAccounts | null
}

/** The table of contents: one line per operation. */
export function addRoutes(server: Server, info: StartInfo): void {
  addAccountRoutes(server, info)
  addOrganizationRoutes(server)
  addSamlRoutes(server)
  addJoiningRoutes(server)
  addLeavingRoutes(server)
  addSsoRoutes(server)
  addGroupRoutes(server)
  addRepositoryRoutes(server)
  addFileRoutes(server)
  addGitRoutes(server)
  addLfsRoutes(server)
  addXetRoutes(server)
  addCollaboratorRoutes(server)
  addGateRoutes(server)
  addSeatRoutes(server)
  addProvisioningRoutes(server)
  addOperatorRoutes(server, { ...info, startedAt: now() })
  serveProbes(server.app, server.db)
  dropTelemetry(server.app)
  serveDescription(server, info.version)
}

function addAccountRoutes(server: Server, info: StartInfo): void {
  const { key } = server.hub
  const links: Links = server.hub
  const { people, users, tokens } = api
  serve(server, users.instance, async (db, permit) => {
    const { version, build, sendsMail, demo } = info
    const ofProcess = { version, build, sendsMail, demo }
    return { ...(await describeInstance(db, permit, undefined, links)), ...ofProcess }
  })
  serve(server, users.setup, setUp, server.hub)
  serve(server, users.signUp, signUpInvited, { key, links })
  serve(server, users.signIn, signIn, { key, links })
  serve(server, users.signOut, signOut)
  serve(server, users.requestPasswordReset, requestPasswordReset)
  serve(server, users.resetPassword, resetPassword, key)
  serve(server, api.emails.viewClaim, viewClaim)
  serve(server, api.emails.verifyEmail, emails.verifyEmail)
  serve(server, api.emails.rejectClaim, emails.rejectClaim)
  serve(server, users.whoami, whoami, links)
  serve(server, users.getAccount, getAccount, links)
  serve(server, api.rates.listRateLimits, listRateLimits, server.rates)
  serve(server, users.updateAccount, updateAccount, { key, links })
  serve(server, users.setAvatar, avatars.setOwnAvatar, links)
  serve(server, users.deleteAvatar, avatars.deleteOwnAvatar, links)
  serve(server, users.deleteAccount, deleteAccount, { git: server.hub.git, lfs: server.hub.lfs })
  serve(server, api.emails.listEmails, emails.listEmails)
  serve(server, api.emails.addEmail, emails.addEmail)
  serve(server, api.emails.makeEmailPrimary, emails.makeEmailPrimary)
  serve(server, api.emails.resendVerification, emails.resendVerification)
  serve(server, api.emails.deleteEmail, emails.deleteEmail)
  serve(server, users.listSessions, listSessions)
  serve(server, users.confirmSession, confirmSession, key)
  serve(server, users.endSession, endSession)
  serve(server, users.endOtherSessions, endOtherSessions)
  serve(server, users.getTwoFactor, twoFactor.getTwoFactor)
  serve(server, users.beginTwoFactor, twoFactor.beginTwoFactor, key)
  serve(server, users.confirmTwoFactor, twoFactor.confirmTwoFactor, key)
  serve(server, users.renewRecoveryCodes, twoFactor.renewRecoveryCodes, key)
  serve(server, users.disableTwoFactor, disableTwoFactor)
  serve(server, users.listMyOrganizations, listMyOrganizations, links)
  serve(server, api.notifications.listNotifications, listNotifications)
  serve(server, tokens.listTokens, listTokens)
  serve(server, tokens.createToken, createToken)
  serve(server, tokens.updateToken, updateToken)
  serve(server, tokens.deleteToken, deleteToken)
  serve(server, tokens.rotateToken, rotateToken)
  addProgramRoutes(server)
  serve(server, people.userOverview, profiles.userOverview, links)
  serve(server, people.userSocials, profiles.userSocials)
  serve(server, people.userFollowers, profiles.userFollowers)
  serve(server, people.userFollowing, profiles.userFollowing)
  serve(server, people.userAvatar, avatars.userAvatar, links)
  serve(server, people.listPictures, avatars.listPictures)
  serve(server, people.namespaceAvatar, avatars.namespaceAvatar)
}

function addProgramRoutes(server: Server): void {
  const { oauth, credentials } = api
  const links: Links = server.hub
  serve(server, oauth.requestDeviceCode, requestDeviceCode, links)
  serve(server, oauth.issueToken, issueToken)
  serve(server, oauth.viewDevice, viewDevice)
  serve(server, oauth.approveDevice, approveDevice)
  serve(server, oauth.denyDevice, denyDevice)
  serve(server, credentials.revokeLeaked, revokeLeaked)
}

function addOperatorRoutes(server: Server, info: HubInfo): void {
  const links: Links = server.hub
  const { operator } = api
  serve(server, operator.getInstanceSettings, getInstanceSettings)
  serve(server, operator.updateInstanceSettings, updateInstanceSettings)
  serve(server, operator.operatorHealth, operatorHealth, { info, links })
  serve(server, operator.listPeople, listPeople, links)
  serve(server, operator.createPerson, createPerson, links)
  serve(server, operator.updatePerson, updatePerson, links)
  serve(server, operator.createTokenFor, createTokenFor)
  serve(server, operator.listOrganizations, listOrganizations)
  serve(server, operator.createOrganizationFor, createOrganizationFor)
  serve(server, operator.updateOrganizationPlan, updateOrganizationPlan)
  serve(server, operator.addMemberFor, addMemberFor)
  serve(server, operator.listOutbox, listOutbox)
  serve(server, operator.readMail, readMail, links)
  serve(server, operator.revealMail, revealMail, links)
  serve(server, operator.retryMail, retryMail)
  serve(server, operator.instanceAuditLog, instanceAuditLog, links)
  serve(server, operator.verifyInstanceLog, verifyInstanceLog)
  serve(server, operator.listOwnerless, listOwnerless)
  serve(server, operator.deleteOwnerless, deleteOwnerless, server.hub)
  serve(server, operator.transferOwnerless, transferOwnerless)
  serve(server, operator.checkRepositories, checkRepositories, server.hub)
  serve(server, api.xet.resetXet, resetXet)
  serve(server, operator.rotateKey, rotateKey, server.hub.rotation)
  serve(server, operator.fillDemo, fillDemo, { git: server.hub.git, lfs: server.hub.lfs, links })
}
