import * as api from '../../api/index.ts'
import type { Permit } from '../access/permit.ts'
import type { Links } from '../mail/links.ts'
import { validateCard } from '../repos/cards/card.ts'
import * as collaborators from '../repos/collaborators/collaborators.ts'
import { createCommit } from '../repos/commits/commit.ts'
import { preupload } from '../repos/commits/preupload.ts'
import { infoRefs, receivePack, uploadPack } from '../repos/commits/transport.ts'
import * as browsing from '../repos/content/browsing.ts'
import * as history from '../repos/content/history.ts'
import { getRepoInfo, getRevisionInfo } from '../repos/content/info.ts'
import { listRepos } from '../repos/content/repository-lists.ts'
import { rawFile, resolveFile } from '../repos/content/resolve.ts'
import { duplicateRepo } from '../repos/duplicate.ts'
import { duplicateLfsFiles } from '../repos/duplicate-files.ts'
import { askAccess, cancelOwnRequest, requestAccess } from '../repos/gates/asking.ts'
import { exportGateDownloads, listGateDownloads } from '../repos/gates/download-lists.ts'
import { getGate } from '../repos/gates/gates.ts'
import * as gatedOrganizations from '../repos/gates/organizations.ts'
import { accessReport } from '../repos/gates/report.ts'
import * as reviews from '../repos/gates/reviews.ts'
import { lfsBatch } from '../repos/lfs/lfs-batch.ts'
import { deleteLfsFile, deleteLfsFiles, listLfsFiles } from '../repos/lfs/lfs-files.ts'
import { createLock, deleteLock, listLocks, verifyLocks } from '../repos/lfs/lfs-locks.ts'
import { lfsComplete, lfsDownload, lfsUpload, lfsVerify } from '../repos/lfs/lfs-transfer.ts'
import { moveRepo } from '../repos/move.ts'
import * as branches from '../repos/references/branches.ts'
import { createTag, deleteTag } from '../repos/references/tags.ts'
import { listMyRepositories, listOrgRepositories, quickSearch } from '../repos/registry/lists.ts'
import { createRepo, deleteRepo } from '../repos/registry/rules.ts'
import { updateRepoSettings } from '../repos/registry/settings.ts'
import * as storage from '../repos/storage/usage.ts'
import { readXetData, reconstructFile } from '../repos/xet/xet-downloads.ts'
import { registerFiles, streamRegistration } from '../repos/xet/xet-shards.ts'
import { xetReadToken, xetUpload, xetWriteToken } from '../repos/xet/xet-token.ts'
import { grantXorb, uploadXorb } from '../repos/xet/xet-xorbs.ts'
import { serve } from './serve.ts'
import type { Server } from './services.ts'

/** Repositories themselves, and lists of them. */
export function addRepositoryRoutes(server: Server): void {
  const { git, lfs } = server.hub
  const links: Links = server.hub
  const { repos } = api
  serve(server, repos.createRepo, createRepo, { git, lfs, links })
  serve(server, repos.deleteRepo, deleteRepo, { git, lfs })
  serve(server, repos.moveRepo, moveRepo)
  serve(server, repos.listRepos, listRepos, git)
  serve(server, repos.updateRepoSettings, updateRepoSettings)
  serve(server, repos.listMyRepositories, listMyRepositories)
  serve(server, repos.listOrgRepositories, listOrgRepositories)
  serve(server, repos.quickSearch, quickSearch, links)
  serve(server, api.storage.getMyStorage, storage.getMyStorage)
  serve(server, api.storage.getOrgStorage, storage.getOrgStorage)
  serve(server, api.storage.listStorage, storage.listStorage)
  serve(server, api.storage.setStorageLimit, storage.setStorageLimit)
}

/** What repositories hold. */
export function addFileRoutes(server: Server): void {
  const { git, lfs, downloads } = server.hub
  const links: Links = server.hub
  const { files } = api
  serve(server, files.getRepoInfo, getRepoInfo, git)
  serve(server, files.getRevision, getRevisionInfo, git)
  serve(server, files.listTree, browsing.listTree, git)
  serve(server, files.listRootTree, browsing.listRootTree, git)
  serve(server, files.pathsInfo, browsing.pathsInfo, git)
  serve(server, files.treeSize, browsing.treeSize, git)
  serve(server, files.listRefs, browsing.listRefs, git)
  serve(server, files.checkRead, browsing.checkAccess)
  serve(server, files.checkWrite, browsing.checkAccess)
  serve(server, files.listCommits, history.listCommits, { git, links })
  serve(server, files.listBranchCommits, history.listBranchCommits, { git, links })
  serve(server, files.getCommit, history.getCommit, { git, links })
  serve(server, files.compareRevisions, history.compareRevisions, git)
  serve(server, files.resolveFile, resolveFile, { git, lfs, downloads })
  serve(server, files.resolveCached, resolveFile, { git, lfs, downloads })
  serve(server, files.rawFile, rawFile, { git, downloads })
}

/** What changes repositories: commits, branches, and git itself. */
export function addGitRoutes(server: Server): void {
  const { git: host, lfs, incoming, uploads, downloads } = server.hub
  const links: Links = server.hub
  const { git } = api
  serve(server, git.infoRefs, infoRefs, host)
  serve(server, git.uploadPack, uploadPack, { git: host, downloads })
  serve(server, git.receivePack, receivePack, host)
  serve(server, api.commits.validateCard, validateCard)
  serve(server, api.commits.createCommit, createCommit, { git: host, lfs, links, incoming, uploads })
  serve(server, api.commits.preupload, preupload, { git: host, uploads, hasXet: server.hub.hasXet })
  serve(server, api.commits.createBranch, branches.createBranch, { git: host, links })
  serve(server, api.commits.deleteBranch, branches.deleteBranch, host)
  serve(server, api.commits.superSquash, branches.superSquash, { git: host, links })
  serve(server, api.commits.createTag, createTag, { git: host, links })
  serve(server, api.commits.deleteTag, deleteTag, host)
  serve(server, api.commits.duplicateRepo, duplicateRepo, { git: host, lfs, links })
}

/** Large files. */
export function addLfsRoutes(server: Server): void {
  const { git, lfs: store, key, uploads, arriving, downloads, hasXet } = server.hub
  const links: Links = server.hub
  const { lfs } = api
  const door = { key, links, isOffered: true }
  const xet = hasXet ? (permit: Permit<'repo.write'>) => xetUpload(server.db, permit, door) : undefined
  serve(server, lfs.lfsBatch, lfsBatch, { lfs: store, links, key, uploads, xet })
  serve(server, lfs.lfsVerify, lfsVerify)
  serve(server, lfs.lfsUpload, lfsUpload, { git, lfs: store, key, arriving })
  serve(server, lfs.lfsComplete, lfsComplete, { git, lfs: store, key })
  serve(server, lfs.lfsDownload, lfsDownload, { lfs: store, key, downloads })
  serve(server, lfs.listLocks, listLocks)
  serve(server, lfs.createLock, createLock)
  serve(server, lfs.verifyLocks, verifyLocks)
  serve(server, lfs.deleteLock, deleteLock)
  serve(server, lfs.listLfsFiles, listLfsFiles, { git, links })
  serve(server, lfs.duplicateLfsFiles, duplicateLfsFiles, { git, lfs: store })
  serve(server, lfs.deleteLfsFiles, deleteLfsFiles, { git, lfs: store, links })
  serve(server, lfs.deleteLfsFile, deleteLfsFile, { git, lfs: store, links })
}

/** Large files by Xet. */
export function addXetRoutes(server: Server): void {
  const { git, lfs, stage, key, uploads, arriving, downloads, hasXet: isOffered } = server.hub
  const links: Links = server.hub
  const { xet } = api
  serve(server, xet.xetWriteToken, xetWriteToken, { key, links, isOffered })
  serve(server, xet.xetReadToken, xetReadToken, { key, links, isOffered })
  serve(server, xet.reconstructFile, reconstructFile, { key, links })
  serve(server, xet.readXetData, readXetData, { lfs, key, downloads })
  serve(server, xet.grantXorb, grantXorb)
  serve(server, xet.uploadXorb, uploadXorb, { stage, arriving })
  serve(server, xet.registerFiles, registerFiles, { git, lfs, stage, uploads })
  serve(server, xet.streamRegistration, streamRegistration, { git, lfs, stage, uploads })
}

/** Gated repositories: who asks for access, and who gives it. */
export function addGateRoutes(server: Server): void {
  const links: Links = server.hub
  const { gated } = api
  serve(server, gated.getGate, getGate)
  serve(server, gated.requestAccess, requestAccess)
  serve(server, gated.askAccess, askAccess, links)
  serve(server, gated.cancelOwnRequest, cancelOwnRequest)
  serve(server, gated.listAccessRequests, reviews.listAccessRequests, links)
  serve(server, gated.handleAccessRequest, reviews.handleAccessRequest, links)
  serve(server, gated.handleAccessRequests, reviews.handleAccessRequests)
  serve(server, gated.grantAccess, reviews.grantAccess, links)
  serve(server, gated.accessReport, accessReport, links)
  serve(server, gated.listOrganizationAccess, gatedOrganizations.listOrganizationAccess, links)
  serve(server, gated.grantOrganizationAccess, gatedOrganizations.grantOrganizationAccess, links)
  serve(server, gated.revokeOrganizationAccess, gatedOrganizations.revokeOrganizationAccess)
  serve(server, gated.listOrganizationAccessMembers, gatedOrganizations.listOrganizationAccessMembers, links)
  serve(server, gated.listGateDownloads, listGateDownloads)
  serve(server, gated.exportGateDownloads, exportGateDownloads)
}

/** Access of single people to repositories. */
export function addCollaboratorRoutes(server: Server): void {
  const links: Links = server.hub
  const operations = api.collaborators
  serve(server, operations.listCollaborators, collaborators.listCollaborators, links)
  serve(server, operations.getCollaborator, collaborators.getCollaborator, links)
  serve(server, operations.setCollaborator, collaborators.setCollaborator, links)
  serve(server, operations.removeCollaborator, collaborators.removeCollaborator)
  serve(server, operations.listOrganizationCollaborators, collaborators.listOrganizationCollaborators, links)
}
