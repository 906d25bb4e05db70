import * as api from '../../api/index.ts'
import { sso } from '../../api/index.ts'
import type { LinksAndMail } from '../mail/links.ts'
import { convertSso, getManagedSso } from '../managed/conversion.ts'
import { beginManagedSignIn, completeManagedSignIn } from '../managed/entering.ts'
import * as discovery from '../scim/discovery.ts'
import * as groups from '../scim/groups.ts'
import * as held from '../scim/held.ts'
import * as groupLinks from '../scim/links.ts'
import * as lists from '../scim/lists.ts'
import * as settings from '../scim/settings.ts'
import * as users from '../scim/users.ts'
import { breakGlass, createBreakGlassCodes } from '../sso/break-glass.ts'
import { backchannelLogout } from '../sso/logout.ts'
import { relaxSso } from '../sso/operator.ts'
import * as people from '../sso/people.ts'
import * as ssoSettings from '../sso/settings.ts'
import { beginSso, completeSso, testSso } from '../sso/sign-in.ts'
import { serve } from './serve.ts'
import type { Server } from './services.ts'

/** What identity providers do, and what admins set for them. */
export function addProvisioningRoutes(server: Server): void {
  const links: LinksAndMail = server.hub
  const { scim, scimSettings } = api
  serve(server, scim.getServiceProviderConfig, discovery.getServiceProviderConfig, links)
  serve(server, scim.listResourceTypes, discovery.listResourceTypes, links)
  serve(server, scim.getResourceType, discovery.getResourceType, links)
  serve(server, scim.listSchemas, discovery.listSchemas, links)
  serve(server, scim.getSchema, discovery.getSchema, links)
  serve(server, scim.listScimUsers, users.listScimUsers, links)
  serve(server, scim.getScimUser, users.getScimUser, links)
  serve(server, scim.createScimUser, users.createScimUser, links)
  serve(server, scim.replaceScimUser, users.replaceScimUser, links)
  serve(server, scim.patchScimUser, users.patchScimUser, links)
  serve(server, scim.deleteScimUser, users.deleteScimUser)
  serve(server, scim.listScimGroups, groups.listScimGroups, links)
  serve(server, scim.getScimGroup, groups.getScimGroup, links)
  serve(server, scim.createScimGroup, groups.createScimGroup, links)
  serve(server, scim.replaceScimGroup, groups.replaceScimGroup, links)
  serve(server, scim.patchScimGroup, groups.patchScimGroup, links)
  serve(server, scim.deleteScimGroup, groups.deleteScimGroup)
  serve(server, scimSettings.getScimSettings, settings.getScimSettings, links)
  serve(server, scimSettings.createScimToken, settings.createScimToken)
  serve(server, scimSettings.rotateScimToken, settings.rotateScimToken)
  serve(server, scimSettings.revokeScimToken, settings.revokeScimToken)
  serve(server, scimSettings.listProvisionedUsers, lists.listProvisionedUsers, links)
  serve(server, scimSettings.listProvisionedGroups, lists.listProvisionedGroups)
  serve(server, scimSettings.setScimGroupLinks, groupLinks.setScimGroupLinks)
  serve(server, scimSettings.listScimOperations, lists.listScimOperations)
  serve(server, scimSettings.listHeldRemovals, held.listHeldRemovals)
  serve(server, scimSettings.approveHeldRemoval, held.approveHeldRemoval)
  serve(server, scimSettings.refuseHeldRemoval, held.refuseHeldRemoval)
}

/** Single sign-on. */
export function addSsoRoutes(server: Server): void {
  const { key, outbound } = server.hub
  const links = server.hub
  const services = { key, outbound, links }
  serve(server, sso.getSso, ssoSettings.getSso, services)
  serve(server, sso.setSso, ssoSettings.setSso, services)
  serve(server, sso.deleteSso, ssoSettings.deleteSso)
  serve(server, sso.setSsoMode, ssoSettings.setSsoMode, services)
  serve(server, sso.setBreakGlassAdmins, ssoSettings.setBreakGlassAdmins, services)
  serve(server, sso.createBreakGlassCodes, createBreakGlassCodes)
  serve(server, sso.testSso, testSso, services)
  serve(server, sso.listSsoIdentities, people.listSsoIdentities)
  serve(server, sso.unlinkSsoIdentity, people.unlinkSsoIdentity)
  serve(server, sso.setExternal, people.setExternal)
  serve(server, sso.getSsoEntrance, people.getSsoEntrance, links)
  serve(server, sso.beginSso, beginSso, services)
  serve(server, sso.completeSso, completeSso, services)
  serve(server, sso.breakGlass, breakGlass)
  serve(server, sso.backchannelLogout, backchannelLogout, services)
  serve(server, sso.signOutOfSso, people.signOutOfSso)
  serve(server, sso.listMySso, people.listMySso)
  serve(server, sso.relaxSso, relaxSso)
  serve(server, api.managedAccounts.getManagedSso, getManagedSso)
  serve(server, api.managedAccounts.convertSso, convertSso)
  serve(server, api.managedAccounts.beginManagedSignIn, beginManagedSignIn, services)
  serve(server, api.managedAccounts.completeManagedSignIn, completeManagedSignIn, services)
}
