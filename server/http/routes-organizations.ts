import * as api from '../../api/index.ts'
import { exportAuditLog } from '../audit/export.ts'
import { searchAuditLog } from '../audit/search.ts'
import { verifyAuditLog } from '../audit/verify.ts'
import { explainAccess } from '../explain/explain.ts'
import { listReach } from '../explain/repositories.ts'
import { exportWhoCan, whoCan } from '../explain/who-can.ts'
import { configureGroup } from '../groups/auto-join.ts'
import { addGroupUsers, changeGroupRole, removeGroupUser } from '../groups/people.ts'
import { getRepoGroup, setRepoGroup } from '../groups/repositories.ts'
import { createGroup, deleteGroup, getGroup, listGroupSummaries, listGroups, updateGroup } from '../groups/rules.ts'
import { bulkInvite, getInvitationBatch } from '../joining/bulk/bulk.ts'
import { getImport, listImports } from '../joining/bulk/imports.ts'
import { bulkMembers } from '../joining/bulk/members-bulk.ts'
import * as acceptance from '../joining/invitations/acceptance.ts'
import * as invitations from '../joining/invitations/invitations.ts'
import { viewOffer } from '../joining/invitations/offers.ts'
import * as inviteLinks from '../joining/links/links.ts'
import { getDoors, joinOrganization, withdrawRequest } from '../joining/requests/asking.ts'
import { askAgain } from '../joining/requests/asking-again.ts'
import { approveRequest, listRequests, rejectRequest } from '../joining/requests/requests.ts'
import { holdings } from '../leaving/holdings/holdings.ts'
import { offboardMember } from '../leaving/offboarding/offboarding.ts'
import * as reports from '../leaving/offboarding/report.ts'
import * as recovery from '../leaving/recovery/recovery.ts'
import * as recoveryRequests from '../leaving/recovery/recovery-requests.ts'
import * as recoverySteps from '../leaving/recovery/request-steps.ts'
import type { LinksAndMail } from '../mail/links.ts'
import * as activity from '../members/activity/activity.ts'
import { createOrganization } from '../members/founding.ts'
import { exportMembers } from '../members/list/export.ts'
import { countMembers, listMembers } from '../members/list/list.ts'
import { getMember } from '../members/list/record.ts'
import { leaveOrganization, removeMember } from '../members/removal.ts'
import { restoreOrganization } from '../members/restoration.ts'
import { changeRole, updateMember } from '../members/roles.ts'
import { getSuccessors, setSuccessors } from '../members/successors.ts'
import * as avatar from '../orgs/avatar.ts'
import * as billing from '../orgs/billing.ts'
import { deleteOrganization } from '../orgs/deletion.ts'
import * as domains from '../orgs/domains.ts'
import { getNetworkSecurity, updateNetworkSecurity } from '../orgs/network-security.ts'
import * as orgs from '../orgs/rules.ts'
import { getSettings, updateSettings } from '../orgs/settings.ts'
import * as serviceAccounts from '../service-accounts/accounts.ts'
import * as orgToken from '../service-accounts/organization-token.ts'
import * as serviceTokens from '../service-accounts/tokens.ts'
import { answerSaml, getSamlMetadata } from '../sso/saml-answer.ts'
import { getSaml, refreshSaml, updateSaml } from '../sso/saml-config.ts'
import * as orgTokens from '../tokens/organizations/list.ts'
import * as tokenPolicy from '../tokens/organizations/policy.ts'
import * as tokenReviews from '../tokens/organizations/reviews.ts'
import { serve } from './serve.ts'
import type { Server } from './services.ts'

/** Organizations, their settings, members and audit log. */
export function addOrganizationRoutes(server: Server): void {
  const links: LinksAndMail = server.hub
  const { organizations, members, audit } = api
  serve(server, organizations.createOrganization, createOrganization, links)
  serve(server, organizations.getOrganization, orgs.getOrganization, links)
  serve(server, organizations.updateOrganization, orgs.updateOrganization, links)
  serve(server, organizations.deleteOrganization, deleteOrganization)
  serve(server, organizations.restoreOrganization, restoreOrganization)
  serve(server, organizations.organizationOverview, orgs.organizationOverview, links)
  serve(server, organizations.organizationFollowers, orgs.organizationFollowers)
  serve(server, organizations.organizationSocials, orgs.organizationSocials)
  serve(server, organizations.organizationAvatar, avatar.organizationAvatar, links)
  serve(server, organizations.setOrganizationAvatar, avatar.setOrganizationAvatar, links)
  serve(server, organizations.deleteOrganizationAvatar, avatar.deleteOrganizationAvatar, links)
  serve(server, organizations.getSettings, getSettings)
  serve(server, organizations.updateSettings, updateSettings)
  serve(server, api.networkSecurity.getNetworkSecurity, getNetworkSecurity)
  serve(server, api.networkSecurity.updateNetworkSecurity, updateNetworkSecurity)
  serve(server, organizations.getSuccessors, getSuccessors, links)
  serve(server, organizations.setSuccessors, setSuccessors, links)
  serve(server, members.listMembers, listMembers, links)
  serve(server, members.countMembers, countMembers)
  serve(server, members.getMember, getMember, links)
  serve(server, api.access.explainAccess, explainAccess, links)
  serve(server, api.access.whoCan, whoCan, links)
  serve(server, api.access.exportWhoCan, exportWhoCan, links)
  serve(server, api.access.listReach, listReach)
  serve(server, members.changeRole, changeRole)
  serve(server, members.updateMember, updateMember, links)
  serve(server, members.removeMember, removeMember, holdings)
  serve(server, members.leaveOrganization, leaveOrganization, holdings)
  serve(server, api.bulk.bulkMembers, bulkMembers)
  serve(server, api.bulk.exportMembers, exportMembers)
  serve(server, api.bulk.listImports, listImports)
  serve(server, api.bulk.getImport, getImport)
  serve(server, audit.searchAuditLog, searchAuditLog, links)
  serve(server, audit.exportAuditLog, exportAuditLog, links)
  serve(server, audit.verifyAuditLog, verifyAuditLog)
}

/** The ways into an organization. */
export function addJoiningRoutes(server: Server): void {
  const links: LinksAndMail = server.hub
  const { joining, requests } = api
  serve(server, joining.listInvitations, invitations.listInvitations, links)
  serve(server, joining.createInvitation, invitations.createInvitation, links)
  serve(server, api.bulk.bulkInvite, bulkInvite, links)
  serve(server, api.bulk.getInvitationBatch, getInvitationBatch)
  serve(server, joining.resendInvitation, invitations.resendInvitation, links)
  serve(server, joining.revokeInvitation, invitations.revokeInvitation, links)
  serve(server, joining.viewOffer, viewOffer, links)
  serve(server, joining.askAgain, askAgain)
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
  serve(server, api.orgTokens.listOrgTokens, orgTokens.listOrgTokens, links)
  serve(server, api.orgTokens.countOrgTokens, orgTokens.countOrgTokens)
  serve(server, api.orgTokens.exportOrgTokens, orgTokens.exportOrgTokens, links)
  serve(server, api.orgTokens.approveOrgToken, tokenReviews.approveOrgToken, links)
  serve(server, api.orgTokens.denyOrgToken, tokenReviews.denyOrgToken, links)
  serve(server, api.orgTokens.revokeOrgToken, tokenReviews.revokeOrgToken, links)
  serve(server, api.orgTokens.revokeOrgTokenByValue, tokenReviews.revokeOrgTokenByValue, links)
  serve(server, api.orgTokens.getTokenPolicy, tokenPolicy.getTokenPolicy)
  serve(server, api.orgTokens.setTokenPolicy, tokenPolicy.setTokenPolicy, links)
  serve(server, api.serviceAccounts.listServiceAccounts, serviceAccounts.listServiceAccounts, links)
  serve(server, api.serviceAccounts.createServiceAccount, serviceAccounts.createServiceAccount)
  serve(server, api.serviceAccounts.getServiceAccount, serviceAccounts.getServiceAccount, links)
  serve(server, api.serviceAccounts.updateServiceAccount, serviceAccounts.updateServiceAccount)
  serve(server, api.serviceAccounts.deleteServiceAccount, serviceAccounts.deleteServiceAccount)
  serve(server, api.serviceAccounts.listServiceAccountDetails, serviceAccounts.listServiceAccountDetails)
  serve(server, api.serviceAccounts.createServiceToken, serviceTokens.createServiceToken)
  serve(server, api.serviceAccounts.updateServiceToken, serviceTokens.updateServiceToken)
  serve(server, api.serviceAccounts.rotateServiceToken, serviceTokens.rotateServiceToken)
  serve(server, api.serviceAccounts.deleteServiceToken, serviceTokens.deleteServiceToken)
  serve(server, api.organizationToken.getOrganizationTokenState, orgToken.getOrganizationTokenState)
  serve(server, api.organizationToken.revealOrganizationToken, orgToken.revealOrganizationToken, server.hub.key)
  serve(server, api.organizationToken.refreshOrganizationToken, orgToken.refreshOrganizationToken, server.hub.key)
  serve(server, api.domains.listDomains, domains.listDomains)
  serve(server, api.domains.addDomain, domains.addDomain)
  serve(server, api.domains.verifyDomain, domains.verifyDomain, server.hub.dns)
  serve(server, api.domains.removeDomain, domains.removeDomain)
}

/** Offboarding and recovery. */
export function addLeavingRoutes(server: Server): void {
  const { leaving } = api
  const { key, dns } = server.hub
  const view = { links: server.hub, key, dns }
  serve(server, leaving.offboardMember, offboardMember)
  serve(server, leaving.listOffboardings, reports.listOffboardings, server.hub)
  serve(server, leaving.getOffboarding, reports.getOffboarding)
  serve(server, leaving.allowRejoin, reports.allowRejoin)
  serve(server, api.recovery.getRecovery, recovery.getRecovery, view)
  serve(server, api.recovery.openRecoveryRequest, recoveryRequests.openRecoveryRequest, view)
  serve(server, api.recovery.getRecoveryRequest, recovery.getRecoveryRequest, view)
  serve(server, api.recovery.confirmRecoveryRequest, recoverySteps.confirmRecoveryRequest, view)
  serve(server, api.recovery.vetoRecoveryRequest, recoverySteps.vetoRecoveryRequest, view)
  serve(server, api.recovery.checkProof, recoverySteps.checkProof, view)
  serve(server, api.recovery.withdrawRecoveryRequest, recoverySteps.withdrawRecoveryRequest, view)
  serve(server, api.recovery.requestRecoveryAsOperator, recoveryRequests.requestRecoveryAsOperator, view)
  serve(server, api.recovery.approveRecoveryRequest, recoverySteps.approveRecoveryRequest, view)
  serve(server, api.recovery.withdrawAsOperator, recoverySteps.withdrawAsOperator, view)
  serve(server, api.recovery.listRecoveries, recovery.listRecoveries, view)
}

/** Resource groups. */
export function addGroupRoutes(server: Server): void {
  const links: LinksAndMail = server.hub
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

/** Seats, invoices and activity. */
export function addSeatRoutes(server: Server): void {
  const links: LinksAndMail = server.hub
  serve(server, api.billing.getSeats, billing.getSeats)
  serve(server, api.billing.previewInvoice, billing.previewInvoice)
  serve(server, api.billing.exportSeats, billing.exportSeats)
  serve(server, api.billing.listActivity, activity.listActivity, links)
  serve(server, api.billing.summarizeActivity, activity.summarizeActivity)
  serve(server, api.billing.exportActivity, activity.exportActivity)
}

/** SAML: the identity provider of an organization, and what it sends. */
export function addSamlRoutes(server: Server): void {
  const { saml } = api
  const { hub } = server
  serve(server, saml.getSaml, getSaml, hub)
  serve(server, saml.updateSaml, updateSaml, hub)
  serve(server, saml.refreshSaml, refreshSaml, hub)
  serve(server, saml.getSamlMetadata, getSamlMetadata, hub)
  serve(server, saml.answerSaml, answerSaml, hub)
}
