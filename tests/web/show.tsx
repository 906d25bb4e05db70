import { afterEach } from 'node:test'
import { MantineProvider } from '@mantine/core'
import { Notifications, notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import {
  type AnyRoute,
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { cleanup, configure, render } from '@testing-library/react'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { type ReactNode, Suspense } from 'react'
import { notifications as notices, type ReplyOf, users } from '../../api/index.ts'
import { keyOf, queryClient } from '../../web/hub.ts'
import { theme } from '../../web/theme.ts'
import { viewport } from './dom.ts'
import { answerUsually, closeHub } from './hub.ts'
import { anInstance } from './samples.ts'

// A busy machine takes its time; what is there is found at once.
configure({ asyncUtilTimeout: 20_000, getElementError: missing })
// What was read or sent is forgotten at once, not in five minutes, for which the process would wait.
const { queries } = queryClient.getDefaultOptions()
queryClient.setDefaultOptions({ queries: { ...queries, gcTime: 500 }, mutations: { gcTime: 0 } })
// Nothing fades in or out.
const still = { ...theme, respectReducedMotion: true }

interface Place {
  /** The address of the page. */
  at?: string
  /** The path of the route, where the page reads names out of it. */
  route?: string
  /** Who is signed in; null for a visitor. */
  as?: users.Account | null
  /** What else is different about the instance. */
  over?: Partial<ReplyOf<typeof users.instance>>
}

interface Shown {
  user: UserEvent
  /** Where the page has led to. */
  address: () => string
}

/** Draws a piece or a page as it stands on a page of the hub, without the frame around it. */
export async function show(piece: ReactNode, { at = '/', route = '$', as, over = {} }: Place = {}): Promise<Shown> {
  const instance = anInstance({ ...over, ...(as !== undefined && { account: as }) })
  answerUsually(users.instance, instance)
  answerUsually(notices.listNotifications, { notifications: [], organizations: [] })
  queryClient.setQueryData(keyOf(users.instance), instance)
  const router = createRouter({
    routeTree: routesOf(<Suspense fallback="Loading">{piece}</Suspense>, route),
    history: createMemoryHistory({ initialEntries: [at] }),
    parseSearch: (search) => Object.fromEntries(new URLSearchParams(search)),
    stringifySearch: writeSearch,
  })
  await router.load()
  render(
    <QueryClientProvider client={queryClient}>
      <MantineProvider theme={still} withCssVariables={false} withGlobalClasses={false}>
        <Notifications transitionDuration={0} />
        <RouterProvider router={router as never} />
      </MantineProvider>
    </QueryClientProvider>,
  )
  return { user: userEvent.setup({ delay: null }), address: () => router.state.location.href }
}

// The piece at its path, or everywhere; what it leads to is an empty page.
function routesOf(piece: ReactNode, path: string): AnyRoute {
  const root = createRootRoute({ component: Outlet })
  const parent = { getParentRoute: () => root as never }
  const component = () => piece
  const here = createRoute({ ...parent, path, component })
  const rest =
    path === '$'
      ? createRoute({ ...parent, path: '/', component })
      : createRoute({ ...parent, path: '$', component: () => null })
  return root.addChildren([here, rest] as never) as unknown as AnyRoute
}

function writeSearch(search: Record<string, unknown>): string {
  const given = Object.entries(search).filter(([, value]) => value !== undefined)
  const words = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString()
  return words === '' ? '' : `?${words}`
}

// The words of the page tell more than all of its elements.
function missing(message: string | null): Error {
  const what = (message ?? '').split('\n')[0]
  return new Error(`${what}\nThe page says: ${document.body.textContent?.slice(0, 1500)}`)
}

afterEach(() => {
  cleanup()
  notifications.clean()
  queryClient.clear()
  viewport.width = 1280
  closeHub()
})
