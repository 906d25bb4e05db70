import {
  type AnyRoute,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
} from '@tanstack/react-router'
import type { ComponentType } from 'react'
import { loadPart } from './new-version.tsx'
import type { Search as TokensSearch } from './pages/account/Tokens.tsx'
import type { Search as DeviceSearch } from './pages/doors/Device.tsx'
import { Page as Login } from './pages/doors/Login.tsx'
import { Page as Home } from './pages/Home.tsx'
import type { Search as NewRepositorySearch } from './pages/NewRepository.tsx'
import type { Search as OperatorRecoverySearch } from './pages/operator/Recovery.tsx'
import type { Search as ImportSearch } from './pages/organization/ImportMembers.tsx'
import type { Search as MembersSearch } from './pages/organization/members/search.ts'
import type { Search as GroupSearch } from './pages/organization/ResourceGroup.tsx'
import type { Search as OrgTokensSearch } from './pages/organization/tokens/search.ts'
import type { Search as AccessRequestsSearch } from './pages/repository/access-requests/search.ts'
import type { Search as NewFileSearch } from './pages/repository/edit/New.tsx'
import type { Search as HistorySearch } from './pages/repository/History.tsx'
import { Frame } from './pieces/Frame.tsx'
import { NotFound, Refused } from './pieces/Refused.tsx'
import { PageSkeleton } from './pieces/Skeletons.tsx'

type Load = () => Promise<{ Page: ComponentType }>
/** What stands behind the `?`: the page reads it through its schema, links are checked against the type. */
type Told<Search> = (search: Record<string, unknown>) => Search

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Refused })

function told<Search>(search: Record<string, unknown>): Search {
  return search as Search
}

/** A page: its path below the parent, and the file whose `Page` is shown there, fetched when it is first needed. */
function page<Parent extends AnyRoute, const Path extends string, Search = Record<never, never>>(
  parent: Parent,
  path: Path,
  load: Load,
  validateSearch: Told<Search> = told,
) {
  const component = lazyRouteComponent(() => loadPart(load), 'Page')
  return createRoute({ getParentRoute: () => parent, path, component, validateSearch })
}

/** A page that is often the first: it comes with the code that every page needs. */
function firstPage<const Path extends string>(path: Path, component: RouteComponent) {
  return createRoute({ getParentRoute: () => root, path, component })
}

const orgSettings = page(root, '/organizations/$org/settings', () => import('./pages/organization/SettingsFrame.tsx'))

const organizationPages = [
  page(orgSettings, '/', () => import('./pages/organization/Start.tsx')),
  page(orgSettings, '/account', () => import('./pages/organization/Account.tsx')),
  page(orgSettings, '/members', () => import('./pages/organization/Members.tsx'), told<MembersSearch>),
  page(orgSettings, '/members/import', () => import('./pages/organization/ImportMembers.tsx'), told<ImportSearch>),
  page(orgSettings, '/imports', () => import('./pages/organization/Imports.tsx')),
  page(orgSettings, '/members/offboardings', () => import('./pages/organization/Offboardings.tsx')),
  page(orgSettings, '/members/offboardings/$id', () => import('./pages/organization/Offboarding.tsx')),
  page(orgSettings, '/members/$user/offboard', () => import('./pages/organization/Offboard.tsx')),
  page(orgSettings, '/invitations', () => import('./pages/organization/Invitations.tsx')),
  page(orgSettings, '/invitations/list', () => import('./pages/organization/InviteList.tsx')),
  page(orgSettings, '/requests', () => import('./pages/organization/Requests.tsx')),
  page(orgSettings, '/members/requests', () => import('./pages/organization/requests/Moved.tsx')),
  page(orgSettings, '/resource-groups', () => import('./pages/organization/ResourceGroups.tsx')),
  page(
    orgSettings,
    '/resource-groups/$group',
    () => import('./pages/organization/ResourceGroup.tsx'),
    told<GroupSearch>,
  ),
  page(orgSettings, '/collaborators', () => import('./pages/organization/Collaborators.tsx')),
  page(orgSettings, '/service-accounts', () => import('./pages/organization/ServiceAccounts.tsx')),
  page(orgSettings, '/scim', () => import('./pages/organization/Scim.tsx')),
  page(orgSettings, '/tokens', () => import('./pages/organization/Tokens.tsx'), told<OrgTokensSearch>),
  page(orgSettings, '/repositories', () => import('./pages/organization/Repositories.tsx')),
  page(orgSettings, '/profile', () => import('./pages/organization/Profile.tsx')),
  page(orgSettings, '/security', () => import('./pages/organization/Security.tsx')),
  page(orgSettings, '/sso', () => import('./pages/organization/Sso.tsx')),
  page(orgSettings, '/billing', () => import('./pages/organization/Billing.tsx')),
  page(orgSettings, '/activity', () => import('./pages/organization/Activity.tsx')),
  page(orgSettings, '/recovery', () => import('./pages/organization/Recovery.tsx')),
  page(orgSettings, '/danger', () => import('./pages/organization/Danger.tsx')),
  page(orgSettings, '/audit-log', () => import('./pages/organization/AuditLog.tsx')),
] as const

const doors = [
  page(root, '/setup', () => import('./pages/doors/Setup.tsx')),
  firstPage('/login', Login),
  page(root, '/signup', () => import('./pages/doors/SignUp.tsx')),
  page(root, '/password-reset', () => import('./pages/doors/PasswordReset.tsx')),
  page(root, '/join', () => import('./pages/doors/Join.tsx')),
  page(root, '/recover/$id', () => import('./pages/doors/Recover.tsx')),
  page(root, '/organizations/$org/recovery/$id', () => import('./pages/RecoveryRequest.tsx')),
  page(root, '/verify-email', () => import('./pages/doors/VerifyEmail.tsx')),
  page(root, '/sso/$org', () => import('./pages/doors/Sso.tsx')),
  page(root, '/sso/$org/callback', () => import('./pages/doors/SsoCallback.tsx')),
  page(root, '/device', () => import('./pages/doors/Device.tsx'), told<DeviceSearch>),
] as const

const account = page(root, '/settings', () => import('./pages/account/AccountFrame.tsx'))

const accountPages = [
  page(account, '/', () => import('./pages/account/Start.tsx')),
  page(account, '/profile', () => import('./pages/account/Profile.tsx')),
  page(account, '/account', () => import('./pages/account/AccountSettings.tsx')),
  page(account, '/authentication', () => import('./pages/account/Authentication.tsx')),
  page(account, '/tokens', () => import('./pages/account/Tokens.tsx'), told<TokensSearch>),
  page(account, '/organizations', () => import('./pages/account/Organizations.tsx')),
  page(account, '/storage', () => import('./pages/account/Storage.tsx')),
  page(account, '/rate-limits', () => import('./pages/account/RateLimits.tsx')),
  page(account, '/invitations', () => import('./pages/account/Invitations.tsx')),
] as const

const operator = page(root, '/operator', () => import('./pages/operator/OperatorFrame.tsx'))

const operatorPages = [
  page(operator, '/', () => import('./pages/operator/Start.tsx')),
  page(operator, '/health', () => import('./pages/operator/Health.tsx')),
  page(operator, '/organizations', () => import('./pages/operator/Organizations.tsx')),
  page(operator, '/people', () => import('./pages/operator/People.tsx')),
  page(operator, '/storage', () => import('./pages/operator/Storage.tsx')),
  page(operator, '/recovery', () => import('./pages/operator/Recovery.tsx'), told<OperatorRecoverySearch>),
  page(operator, '/outbox', () => import('./pages/operator/Outbox.tsx')),
  page(operator, '/settings', () => import('./pages/operator/Settings.tsx')),
  page(operator, '/audit-log', () => import('./pages/operator/AuditLog.tsx')),
] as const

const pages = [
  firstPage('/', Home),
  page(root, '/organizations/new', () => import('./pages/NewOrganization.tsx')),
  page(root, '/new', () => import('./pages/NewRepository.tsx'), told<NewRepositorySearch>),
  page(root, '/docs', () => import('./pages/docs/Guide.tsx')),
  page(root, '/docs/api', () => import('./pages/docs/Api.tsx')),
  page(root, '/docs/$', () => import('./pages/docs/Guide.tsx')),
  page(root, '/$name', () => import('./pages/Namespace.tsx')),
] as const

/** Models stand at the root, the others below the word for them. */
function repositoryPages<const Prefix extends '' | '/datasets' | '/spaces'>(prefix: Prefix) {
  const repository = page(root, `${prefix}/$name/$repo`, () => import('./pages/Repository.tsx'))
  return repository.addChildren([
    page(repository, '/', () => import('./pages/repository/Card.tsx')),
    page(repository, '/tree/$rev/$', () => import('./pages/repository/Files.tsx')),
    page(repository, '/blob/$rev/$', () => import('./pages/repository/File.tsx')),
    page(repository, '/commits/$rev', () => import('./pages/repository/History.tsx'), told<HistorySearch>),
    page(repository, '/commit/$rev', () => import('./pages/repository/Commit.tsx')),
    page(repository, '/branches', () => import('./pages/repository/Branches.tsx')),
    page(repository, '/edit/$rev/$', () => import('./pages/repository/edit/Edit.tsx')),
    page(repository, '/new/$rev/$', () => import('./pages/repository/edit/New.tsx'), told<NewFileSearch>),
    page(repository, '/upload/$rev/$', () => import('./pages/repository/edit/Upload.tsx')),
    page(repository, '/settings', () => import('./pages/repository/Settings.tsx')),
    page(repository, '/settings/access', () => import('./pages/repository/Access.tsx')),
    page(
      repository,
      '/settings/access-requests',
      () => import('./pages/repository/AccessRequests.tsx'),
      told<AccessRequestsSearch>,
    ),
  ] as const)
}

/** Every page of the hub, one line each above. */
export const router = createRouter({
  routeTree: root.addChildren([
    ...doors,
    ...pages,
    repositoryPages(''),
    repositoryPages('/datasets'),
    repositoryPages('/spaces'),
    orgSettings.addChildren(organizationPages),
    account.addChildren(accountPages),
    operator.addChildren(operatorPages),
  ] as const),
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: Refused,
  defaultNotFoundComponent: NotFound,
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  scrollRestoration: true,
  parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
  stringifySearch: writeSearch,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

/** Plain words in the address: `?role=admin`, not JSON. */
function writeSearch(search: Record<string, unknown>): string {
  const fields = Object.entries(search).filter(([, value]) => value !== undefined && value !== '')
  const words = new URLSearchParams(fields.map(([name, value]) => [name, String(value)])).toString()
  return words === '' ? '' : `?${words}`
}
