import * as api from '../../api/index.ts'
import { exportAuditLog } from '../audit/export.ts'
import { retryMail } from '../audit/outbox.ts'
import { instanceAuditLog, searchAuditLog } from '../audit/search.ts'
import { verifyAuditLog } from '../audit/verify.ts'
import { fillDemo } from '../demo/rules.ts'
import { configureGroup } from '../groups/auto-join.ts'
import { addGroupUsers, changeGroupRole, removeGroupUser } from '../groups/people.ts'
import { getRepoGroup, setRepoGroup } from '../groups/repositories.ts'
import { createGroup, deleteGroup, getGroup, listGroupSummaries, listGroups, updateGroup } from '../groups/rules.ts'
import * as acceptance from '../joining/acceptance.ts'
import { getDoors, joinOrganization, withdrawRequest } from '../joining/asking.ts'
import { bulkInvite, getInvitationBatch } from '../joining/bulk.ts'
import * as invitations from '../joining/invitations.ts'
import * as inviteLinks from '../joining/links.ts'
import { bulkMembers } from '../joining/members-bulk.ts'
import { getOffer } from '../joining/offers.ts'
import { approveRequest, listRequests, rejectRequest } from '../joining/requests.ts'
import { signUpInvited } from '../joining/sign-up.ts'
import { now } from '../kernel/clock.ts'
import { holdings } from '../leaving/holdings.ts'
import { offboardMember } from '../leaving/offboarding.ts'
import * as petitionSteps from '../leaving/petition-steps.ts'
import * as petitions from '../leaving/petitions.ts'
import * as receipts from '../leaving/receipt.ts'
import * as recovery from '../leaving/recovery.ts'
import type { Links } from '../mail/links.ts'
import { listOutbox } from '../mail/outbox.ts'
import { deleteAccount, disableTwoFactor } from '../members/accounts.ts'
import * as activity from '../members/activity.ts'
import { addMemberFor } from '../members/entry.ts'
import { exportMembers } from '../members/export.ts'
import { createOrganization, createOrganizationFor } from '../members/founding.ts'
import { countMembers, listMembers } from '../members/list.ts'
import { getMember } from '../members/record.ts'
import { leaveOrganization, removeMember } from '../members/removal.ts'
import { restoreOrganization } from '../members/restoration.ts'
import { changeRole, updateMember } from '../members/roles.ts'
import { getSuccessors, setSuccessors } from '../members/successors.ts'
import { updatePerson } from '../members/suspension.ts'
import * as billing from '../orgs/billing.ts'
import { deleteOrganization } from '../orgs/deletion.ts'
import * as domains from '../orgs/domains.ts'
import { listOrganizations, updateOrganizationPlan } from '../orgs/operator.ts'
import * as orgs from '../orgs/rules.ts'
import { getSettings, updateSettings } from '../orgs/settings.ts'
import * as branches from '../repos/branches.ts'
import * as browsing from '../repos/browsing.ts'
import { validateCard } from '../repos/card.ts'
import { checkRepositories } from '../repos/check.ts'
import * as collaborators from '../repos/collaborators.ts'
import { createCommit } from '../repos/commit.ts'
import { duplicateRepo } from '../repos/duplicate.ts'
import * as history from '../repos/history.ts'
import { getRepoInfo, getRevisionInfo } from '../repos/info.ts'
import { lfsBatch } from '../repos/lfs-batch.ts'
import { deleteLfsFile, deleteLfsFiles, listLfsFiles } from '../repos/lfs-files.ts'
import { createLock, deleteLock, listLocks, verifyLocks } from '../repos/lfs-locks.ts'
import { lfsComplete, lfsDownload, lfsUpload, lfsVerify } from '../repos/lfs-transfer.ts'
import { listMyRepositories, listOrgRepositories, listRepos, quickSearch } from '../repos/lists.ts'
import { moveRepo } from '../repos/move.ts'
import { preupload } from '../repos/preupload.ts'
import { rawFile, resolveFile } from '../repos/resolve.ts'
import { createRepo, deleteRepo, updateRepoSettings } from '../repos/rules.ts'
import { createTag, deleteTag } from '../repos/tags.ts'
import { infoRefs, receivePack, uploadPack } from '../repos/transport.ts'
import { refuseXet } from '../repos/xet.ts'
import { createToken, createTokenFor, deleteToken, listTokens, rotateToken, updateToken } from '../tokens/rules.ts'
import { getAccount, updateAccount } from '../users/accounts.ts'
import * as emails from '../users/emails.ts'
import { describeInstance, getInstanceSettings, updateInstanceSettings } from '../users/instance.ts'
import { requestPasswordReset, resetPassword } from '../users/password-reset.ts'
import { createPerson, listPeople } from '../users/people.ts'
import * as profiles from '../users/profiles.ts'
import { endOtherSessions, endSession, listSessions, signOut } from '../users/sessions.ts'
import { signIn } from '../users/sign-in.ts'
import * as twoFactor from '../users/two-factor.ts'
import { listMyOrganizations, whoami } from '../users/whoami.ts'
import { type HubInfo, operatorHealth, serveProbes } from './health.ts'
import { openApiDocument } from './openapi.ts'
import { type Server, serve } from './serve.ts'
import { setUp } from './setup.ts'

/** What the routes need to know of this start. */
export type StartInfo = Omit<HubInfo, 'startedAt'>

/** The table of contents: one line per operation. */
export function addRoutes(server: Server, info: StartInfo): void {
  addAccountRoutes(server, info)
  addOrganizationRoutes(server)
  addJoiningRoutes(server)
  addLeavingRoutes(server)
  addGroupRoutes(server)
  addRepositoryRoutes(server)
  addFileRoutes(server)
  addGitRoutes(server)
  addLfsRoutes(server)
  addCollaboratorRoutes(server)
  addSeatRoutes(server)
  addOperatorRoutes(server, { ...info, startedAt: now() })
  serveProbes(server.app, server.db)
  server.app.get('/.well-known/openapi.json', async () => {
    return openApiDocument(server.operations, { publicUrl: server.hub.publicUrl, version: info.version })
  })
}

function addAccountRoutes(server: Server, info: StartInfo): void {
  const { key } = server.hub
  const links: Links = server.hub
  const { people, users, tokens } = api
  serve(server, users.instance, async (db, permit) => {
    const ofProcess = { version: info.version, sendsMail: info.sendsMail }
    return { ...(await describeInstance(db, permit, undefined, links)), ...ofProcess }
  })
  serve(server, users.setup, setUp, server.hub)
  serve(server, users.signUp, signUpInvited, links)
  serve(server, users.signIn, signIn, { key, links })
  serve(server, users.signOut, signOut)
  serve(server, users.requestPasswordReset, requestPasswordReset)
  serve(server, users.resetPassword, resetPassword)
  serve(server, users.verifyEmail, emails.verifyEmail)
  serve(server, users.whoami, whoami, links)
  serve(server, users.getAccount, getAccount, links)
  serve(server, users.updateAccount, updateAccount, links)
  serve(server, users.deleteAccount, deleteAccount(holdings))
  serve(server, users.listEmails, emails.listEmails)
  serve(server, users.addEmail, emails.addEmail)
  serve(server, users.makeEmailPrimary, emails.makeEmailPrimary)
  serve(server, users.resendVerification, emails.resendVerification)
  serve(server, users.deleteEmail, emails.deleteEmail)
  serve(server, users.listSessions, listSessions)
  serve(server, users.endSession, endSession)
  serve(server, users.endOtherSessions, endOtherSessions)
  serve(server, users.getTwoFactor, twoFactor.getTwoFactor)
  serve(server, users.beginTwoFactor, twoFactor.beginTwoFactor, key)
  serve(server, users.confirmTwoFactor, twoFactor.confirmTwoFactor, key)
  serve(server, users.renewRecoveryCodes, twoFactor.renewRecoveryCodes, key)
  serve(server, users.disableTwoFactor, disableTwoFactor, key)
  serve(server, users.listMyOrganizations, listMyOrganizations, links)
  serve(server, tokens.listTokens, listTokens)
  serve(server, tokens.createToken, createToken)
  serve(server, tokens.updateToken, updateToken)
  serve(server, tokens.deleteToken, deleteToken)
  serve(server, tokens.rotateToken, rotateToken)
  serve(server, people.userOverview, profiles.userOverview, links)
  serve(server, people.userSocials, profiles.userSocials)
  serve(server, people.userFollowers, profiles.userFollowers)
  serve(server, people.userFollowing, profiles.userFollowing)
  serve(server, people.userAvatar, profiles.userAvatar, links)
  serve(server, people.namespaceAvatar, profiles.namespaceAvatar)
}

function addOrganizationRoutes(server: Server): void {
  const links: Links = server.hub
  const { organizations, members, audit } = api
  serve(server, organizations.createOrganization, createOrganization, links)
  serve(server, organizations.getOrganization, orgs.getOrganization, links)
  serve(server, organizations.updateOrganization, orgs.updateOrganization, links)
  serve(server, organizations.deleteOrganization, deleteOrganization)
  serve(server, organizations.restoreOrganization, restoreOrganization)
  serve(server, organizations.organizationOverview, orgs.organizationOverview, links)
  serve(server, organizations.organizationFollowers, orgs.organizationFollowers)
  serve(server, organizations.organizationSocials, orgs.organizationSocials)
  serve(server, organizations.organizationAvatar, orgs.organizationAvatar, links)
  serve(server, organizations.getSettings, getSettings)
  serve(server, organizations.updateSettings, updateSettings)
  serve(server, organizations.getSuccessors, getSuccessors, links)
  serve(server, organizations.setSuccessors, setSuccessors, links)
  serve(server, members.listMembers, listMembers, links)
  serve(server, members.countMembers, countMembers)
  serve(server, members.getMember, getMember, links)
  serve(server, members.changeRole, changeRole)
  serve(server, members.updateMember, updateMember, links)
  serve(server, members.removeMember, removeMember(holdings))
  serve(server, members.leaveOrganization, leaveOrganization(holdings))
  serve(server, api.bulk.bulkMembers, bulkMembers)
  serve(server, api.bulk.exportMembers, exportMembers)
  serve(server, audit.searchAuditLog, searchAuditLog, links)
  serve(server, audit.exportAuditLog, exportAuditLog, links)
  serve(server, audit.verifyAuditLog, verifyAuditLog)
}

function addJoiningRoutes(server: Server): void {
  const links: Links = server.hub
  const { joining, requests } = api
  serve(server, joining.listInvitations, invitations.listInvitations, links)
  serve(server, joining.createInvitation, invitations.createInvitation, links)
  serve(server, api.bulk.bulkInvite, bulkInvite)
  serve(server, api.bulk.getInvitationBatch, getInvitationBatch)
  serve(server, joining.resendInvitation, invitations.resendInvitation, links)
  serve(server, joining.revokeInvitation, invitations.revokeInvitation, links)
  serve(server, joining.getOffer, getOffer, links)
  serve(server, joining.acceptOffer, acceptance.acceptOffer)
  serve(server, joining.declineOffer, acceptance.declineOffer)
  serve(server, joining.listMyInvitations, acceptance.listMyInvitations, links)
  serve(server, joining.acceptMyInvitation, acceptance.acceptMyInvitation)
  serve(server, joining.declineMyInvitation, acceptance.declineMyInvitation)
  serve(server, joining.listInviteLinks, inviteLinks.listInviteLinks, links)
  serve(server, joining.createInviteLink, inviteLinks.createInviteLink, links)
  serve(server, joining.regenerateInviteLink, inviteLinks.regenerateInviteLink, links)
  serve(server, joining.revokeInviteLink, inviteLinks.revokeInviteLink, links)
  serve(server, requests.getDoors, getDoors)
  serve(server, requests.joinOrganization, joinOrganization)
  serve(server, requests.withdrawRequest, withdrawRequest)
  serve(server, requests.listRequests, listRequests, links)
  serve(server, requests.approveRequest, approveRequest, links)
  serve(server, requests.rejectRequest, rejectRequest, links)
  serve(server, api.domains.listDomains, domains.listDomains)
  serve(server, api.domains.addDomain, domains.addDomain)
  serve(server, api.domains.verifyDomain, domains.verifyDomain, server.hub.dns)
  serve(server, api.domains.removeDomain, domains.removeDomain)
}

function addSeatRoutes(server: Server): void {
  const links: Links = server.hub
  serve(server, api.billing.getSeats, billing.getSeats)
  serve(server, api.billing.previewInvoice, billing.previewInvoice)
  serve(server, api.billing.exportSeats, billing.exportSeats)
  serve(server, api.billing.listActivity, activity.listActivity, links)
  serve(server, api.billing.summarizeActivity, activity.summarizeActivity)
  serve(server, api.billing.exportActivity, activity.exportActivity)
}

function addGroupRoutes(server: Server): void {
  const links: Links = server.hub
  const { groups } = api
  serve(server, groups.listGroups, listGroups, links)
  serve(server, groups.listGroupSummaries, listGroupSummaries)
  serve(server, groups.createGroup, createGroup, links)
  serve(server, groups.getGroup, getGroup, links)
  serve(server, groups.updateGroup, updateGroup, links)
  serve(server, groups.deleteGroup, deleteGroup, links)
  serve(server, groups.configureGroup, configureGroup, links)
  serve(server, groups.addGroupUsers, addGroupUsers, links)
  serve(server, groups.changeGroupRole, changeGroupRole, links)
  serve(server, groups.removeGroupUser, removeGroupUser, links)
  serve(server, groups.getRepoGroup, getRepoGroup)
  serve(server, groups.setRepoGroup, setRepoGroup)
}

function addRepositoryRoutes(server: Server): void {
  const { repos } = api
  serve(server, repos.createRepo, createRepo)
  serve(server, repos.deleteRepo, deleteRepo)
  serve(server, repos.moveRepo, moveRepo)
  serve(server, repos.listRepos, listRepos)
  serve(server, repos.updateRepoSettings, updateRepoSettings)
  serve(server, repos.listMyRepositories, listMyRepositories)
  serve(server, repos.listOrgRepositories, listOrgRepositories)
  serve(server, repos.quickSearch, quickSearch)
}

function addFileRoutes(server: Server): void {
  const { files } = api
  serve(server, files.getRepoInfo, getRepoInfo)
  serve(server, files.getRevision, getRevisionInfo)
  serve(server, files.listTree, browsing.listTree)
  serve(server, files.listRootTree, browsing.listRootTree)
  serve(server, files.pathsInfo, browsing.pathsInfo)
  serve(server, files.treeSize, browsing.treeSize)
  serve(server, files.listRefs, browsing.listRefs)
  serve(server, files.checkRead, browsing.checkAccess)
  serve(server, files.checkWrite, browsing.checkAccess)
  serve(server, files.listCommits, history.listCommits)
  serve(server, files.listBranchCommits, history.listBranchCommits)
  serve(server, files.getCommit, history.getCommit)
  serve(server, files.compareRevisions, history.compareRevisions)
  serve(server, files.resolveFile, resolveFile)
  serve(server, files.resolveCached, resolveFile)
  serve(server, files.rawFile, rawFile)
}

function addLeavingRoutes(server: Server): void {
  const { leaving } = api
  const { key, dns } = server.hub
  const view = { links: server.hub, key, dns }
  serve(server, leaving.offboardMember, offboardMember)
  serve(server, leaving.listOffboardings, receipts.listOffboardings, server.hub)
  serve(server, leaving.getOffboarding, receipts.getOffboarding)
  serve(server, leaving.liftTombstone, receipts.liftTombstone)
  serve(server, api.recovery.getRecovery, recovery.getRecovery, view)
  serve(server, api.recovery.openPetition, petitions.openPetition, view)
  serve(server, api.recovery.getPetition, recovery.getPetition, view)
  serve(server, api.recovery.confirmPetition, petitionSteps.confirmPetition, view)
  serve(server, api.recovery.vetoPetition, petitionSteps.vetoPetition, view)
  serve(server, api.recovery.checkProof, petitionSteps.checkProof, view)
  serve(server, api.recovery.withdrawPetition, petitionSteps.withdrawPetition, view)
  serve(server, api.recovery.petitionAsOperator, petitions.petitionAsOperator, view)
  serve(server, api.recovery.approvePetition, petitionSteps.approvePetition, view)
  serve(server, api.recovery.withdrawAsOperator, petitionSteps.withdrawAsOperator, view)
  serve(server, api.recovery.listRecoveries, recovery.listRecoveries, view)
}

function addCollaboratorRoutes(server: Server): void {
  const operations = api.collaborators
  serve(server, operations.listCollaborators, collaborators.listCollaborators)
  serve(server, operations.getCollaborator, collaborators.getCollaborator)
  serve(server, operations.setCollaborator, collaborators.setCollaborator)
  serve(server, operations.removeCollaborator, collaborators.removeCollaborator)
  serve(server, operations.listOrganizationCollaborators, collaborators.listOrganizationCollaborators)
}

function addGitRoutes(server: Server): void {
  const { git } = api
  serve(server, git.infoRefs, infoRefs)
  serve(server, git.uploadPack, uploadPack)
  serve(server, git.receivePack, receivePack)
  serve(server, api.commits.xetWriteToken, refuseXet)
  serve(server, api.commits.validateCard, validateCard)
  serve(server, api.commits.createCommit, createCommit)
  serve(server, api.commits.preupload, preupload)
  serve(server, api.commits.createBranch, branches.createBranch)
  serve(server, api.commits.deleteBranch, branches.deleteBranch)
  serve(server, api.commits.superSquash, branches.superSquash)
  serve(server, api.commits.createTag, createTag)
  serve(server, api.commits.deleteTag, deleteTag)
  serve(server, api.commits.duplicateRepo, duplicateRepo)
}

function addLfsRoutes(server: Server): void {
  const { lfs } = api
  serve(server, lfs.lfsBatch, lfsBatch)
  serve(server, lfs.lfsVerify, lfsVerify)
  serve(server, lfs.lfsUpload, lfsUpload)
  serve(server, lfs.lfsComplete, lfsComplete)
  serve(server, lfs.lfsDownload, lfsDownload)
  serve(server, lfs.listLocks, listLocks)
  serve(server, lfs.createLock, createLock)
  serve(server, lfs.verifyLocks, verifyLocks)
  serve(server, lfs.deleteLock, deleteLock)
  serve(server, lfs.listLfsFiles, listLfsFiles)
  serve(server, lfs.deleteLfsFiles, deleteLfsFiles)
  serve(server, lfs.deleteLfsFile, deleteLfsFile)
}

function addOperatorRoutes(server: Server, info: HubInfo): void {
  const links: Links = server.hub
  const { operator } = api
  serve(server, operator.getInstanceSettings, getInstanceSettings)
  serve(server, operator.updateInstanceSettings, updateInstanceSettings)
  serve(server, operator.operatorHealth, operatorHealth(info))
  serve(server, operator.listPeople, listPeople, links)
  serve(server, operator.createPerson, createPerson, links)
  serve(server, operator.updatePerson, updatePerson, links)
  serve(server, operator.createTokenFor, createTokenFor)
  serve(server, operator.listOrganizations, listOrganizations)
  serve(server, operator.createOrganizationFor, createOrganizationFor)
  serve(server, operator.updateOrganizationPlan, updateOrganizationPlan)
  serve(server, operator.addMemberFor, addMemberFor)
  serve(server, operator.listOutbox, listOutbox, server.hub)
  serve(server, operator.retryMail, retryMail)
  serve(server, operator.instanceAuditLog, instanceAuditLog, links)
  serve(server, operator.checkRepositories, checkRepositories)
  serve(server, operator.fillDemo, (db, permit) => fillDemo(db, permit, server.hub))
}
