import type { Lane, Periodic, Task } from '../jobs/worker.ts'
import { forgetImports } from '../joining/bulk/imports.ts'
import { endExpiredInvitations, liveInvitations } from '../joining/invitations/expiry.ts'
import { advanceRecoveries } from '../leaving/recovery/recovery-advance.ts'
import { blankDeadMails } from '../mail/outbox.ts'
import { sendMailTask } from '../mail/send.ts'
import type { MailTransport } from '../mail/transport.ts'
import { endManagedAccounts } from '../managed/ends.ts'
import { forgetOldWeeks } from '../members/activity/activity.ts'
import { remindOfEnds } from '../members/end-notices.ts'
import { endExpiredMemberships } from '../members/expiry.ts'
import { tellMembers } from '../members/membership/notices.ts'
import { deleteExpiredSignIns } from '../oauth/expiry.ts'
import { countSeatDays } from '../orgs/billing.ts'
import { purgeDeletedOrganizations } from '../orgs/deletion.ts'
import { checkDomains } from '../orgs/domain-checks.ts'
import { remindOfHealth } from '../orgs/reminders.ts'
import { tidyRepositories } from '../repos/cards/metadata.ts'
import { endExpiredGrants } from '../repos/collaborators/collaborators-expiry.ts'
import { forgetDownloads } from '../repos/gates/download-lists.ts'
import { endExpiredAccess } from '../repos/gates/expiry.ts'
import { tellOfAccessRequests } from '../repos/gates/notices.ts'
import { collectLfs, sweepLfsBytes } from '../repos/lfs/lfs-collect.ts'
import { releaseLfs } from '../repos/lfs/lfs-release.ts'
import { sweepLeftovers, sweepRepositories } from '../repos/registry/places.ts'
import { collectXorbs } from '../repos/xet/xet-collect.ts'
import { forgetOperations } from '../scim/operations.ts'
import { deleteExpiredSso } from '../sso/expiry.ts'
import { refreshStaleMetadata } from '../sso/saml-refresh.ts'
import type { Db } from '../store/database.ts'
import { deleteExpiredAccess, liveLinks } from '../users/expiry.ts'
import { finishRotation } from './key-rotation.ts'
import type { Services } from './services.ts'
import { deleteOldKeys } from './store.ts'

/** What the queue can do. Mail has a lane of its own: no task that takes long holds it up. */
export function hubLanes(db: Db, hub: Services, transport: MailTransport | undefined): Lane[] {
  return [
    { tasks: { send_mail: sendMailTask(db, hub, transport) }, periodic: [] },
    { tasks: upkeepTasks(db, hub), periodic: periodicTasks },
  ]
}

function upkeepTasks(db: Db, hub: Services): Record<string, Task> {
  return {
    end_expired_memberships: async () => void (await endExpiredMemberships(db)),
    tell_members: async () => void (await tellMembers(db)),
    remind_of_ends: async () => void (await remindOfEnds(db)),
    end_expired_invitations: async () => void (await endExpiredInvitations(db)),
    tell_of_access_requests: async () => void (await tellOfAccessRequests(db)),
    end_expired_grants: async () => void (await endExpiredGrants(db)),
    end_expired_gated_access: async () => void (await endExpiredAccess(db)),
    forget_downloads: async () => void (await forgetDownloads(db)),
    forget_imports: async () => void (await forgetImports(db)),
    end_managed_accounts: async () => void (await endManagedAccounts(db)),
    forget_scim_operations: async () => void (await forgetOperations(db)),
    count_seats: async () => void (await countSeatDays(db)),
    refresh_saml_metadata: async () => void (await refreshStaleMetadata(db, hub.outbound)),
    check_domains: async () => void (await checkDomains(db, hub.dns)),
    forget_old_weeks: async () => void (await forgetOldWeeks(db)),
    advance_recoveries: async () => void (await advanceRecoveries(db, hub)),
    remind_of_health: async () => void (await remindOfHealth(db)),
    purge_deleted_organizations: async () => void (await purgeDeletedOrganizations(db)),
    delete_expired_access: async () => void (await deleteExpiredAccess(db)),
    delete_expired_sso: async () => void (await deleteExpiredSso(db)),
    delete_expired_sign_ins: async () => void (await deleteExpiredSignIns(db)),
    blank_dead_mails: async () => blankDeadMails(db, (hashes) => liveAmong(db, hashes)),
    tidy_repositories: async () => void (await tidyRepositories(db, hub.git, (id) => releaseLfs(db, hub.git, id))),
    sweep_repositories: async () => void (await sweepRepositories(db, hub)),
    sweep_leftovers: async () => void (await sweepLeftovers(hub.git, hub.incoming)),
    collect_lfs: async () => {
      await collectLfs(db, hub)
      await collectXorbs(db, hub.stage)
    },
    sweep_lfs_bytes: async () => void (await sweepLfsBytes(db, hub)),
    reseal_secrets: async () => void (await finishRotation(db, hub.rotation)),
    delete_old_idempotency_keys: async () => void (await deleteOldKeys(db)),
  }
}

async function liveAmong(db: Db, hashes: Buffer[]): Promise<Buffer[]> {
  return [...(await liveLinks(db, hashes)), ...(await liveInvitations(db, hashes))]
}

/** What is done from time to time, by one process at a time. */
const periodicTasks: Periodic[] = [
  { name: 'end_expired_memberships', cron: '*/5 * * * *' },
  { name: 'tell_members', cron: '* * * * *' },
  { name: 'reseal_secrets', cron: '* * * * *' },
  { name: 'remind_of_ends', cron: '12 * * * *' },
  { name: 'end_expired_invitations', cron: '*/5 * * * *' },
  { name: 'end_expired_grants', cron: '*/5 * * * *' },
  { name: 'end_expired_gated_access', cron: '*/5 * * * *' },
  { name: 'forget_downloads', cron: '19 4 * * *' },
  { name: 'tell_of_access_requests', cron: '41 6 * * *' },
  { name: 'forget_imports', cron: '33 * * * *' },
  { name: 'end_managed_accounts', cron: '49 * * * *' },
  { name: 'forget_scim_operations', cron: '41 3 * * *' },
  { name: 'count_seats', cron: '2 * * * *' },
  { name: 'refresh_saml_metadata', cron: '41 * * * *' },
  { name: 'check_domains', cron: '57 * * * *' },
  { name: 'forget_old_weeks', cron: '53 3 * * *' },
  { name: 'advance_recoveries', cron: '*/5 * * * *' },
  { name: 'remind_of_health', cron: '23 7 * * *' },
  { name: 'purge_deleted_organizations', cron: '17 * * * *' },
  { name: 'delete_expired_access', cron: '27 * * * *' },
  { name: 'delete_expired_sso', cron: '31 * * * *' },
  { name: 'delete_expired_sign_ins', cron: '29 * * * *' },
  { name: 'blank_dead_mails', cron: '*/5 * * * *' },
  { name: 'tidy_repositories', cron: '*/5 * * * *' },
  { name: 'sweep_repositories', cron: '*/10 * * * *' },
  { name: 'sweep_leftovers', cron: '43 3 * * *' },
  { name: 'collect_lfs', cron: '47 * * * *' },
  { name: 'sweep_lfs_bytes', cron: '7 3 * * *' },
  { name: 'delete_old_idempotency_keys', cron: '37 * * * *' },
]
