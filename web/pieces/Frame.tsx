import { Group } from '@mantine/core'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useNewVersion } from '../new-version.tsx'
import { useInstance } from '../session.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { ConfirmItsYou } from './ConfirmItsYou.tsx'
import classes from './Frame.module.css'
import { ButtonTo, PlaceLink } from './LinkTo.tsx'
import { NewMenu } from './NewMenu.tsx'
import { NotificationBell } from './Notifications.tsx'
import { SchemeButton } from './Scheme.tsx'
import { Search } from './Search.tsx'
import { PageSkeleton } from './Skeletons.tsx'
import { VerifyBanner } from './VerifyBanner.tsx'

/** What surrounds every page: the top bar, and the place where pages appear. */
export function Frame() {
  return (
    <>
      <a className="skip-link" href="#page">
        Skip to the page
      </a>
      <Suspense fallback={<div className={classes.bar} />}>
        <TopBar />
      </Suspense>
      <main id="page" className={classes.page} tabIndex={-1}>
        <Suspense fallback={<PageSkeleton />}>
          <VerifyBanner />
          <Outlet />
        </Suspense>
      </main>
      <Suspense>
        <ConfirmItsYou />
      </Suspense>
    </>
  )
}

function TopBar() {
  const { name, account, build } = useInstance()
  useNewVersion(build)
  return (
    <header className={classes.bar}>
      <div className={classes.inner}>
        <PlaceLink to="/" className={classes.name} aria-label={`${name}, first page`}>
          <img src="/favicon.svg" alt="" width={26} height={26} />
          <span className={classes.nameWords}>{name}</span>
        </PlaceLink>
        <Search />
        <Group gap="xs" wrap="nowrap" ml="auto">
          {account ? <SignedIn account={account} /> : <SignedOut />}
        </Group>
      </div>
    </header>
  )
}

function SignedIn({ account }: { account: NonNullable<ReturnType<typeof useInstance>['account']> }) {
  return (
    <>
      <NewMenu />
      <NotificationBell />
      <AccountMenu account={account} />
    </>
  )
}

const doors = ['/login', '/signup', '/setup', '/password-reset']

function SignedOut() {
  const { signUp, needsSetup } = useInstance()
  const address = useLocation({ select: ({ href }) => href })
  const next = doors.some((door) => address.startsWith(door)) ? '/' : address
  return (
    <>
      <SchemeButton />
      <ButtonTo to="/login" next={next} size="xs">
        Sign in
      </ButtonTo>
      {signUp === 'open' && !needsSetup && (
        <ButtonTo to="/signup" size="xs" visibleFrom="xs">
          Sign up
        </ButtonTo>
      )}
    </>
  )
}
