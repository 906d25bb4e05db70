import { Stack } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { useAddressSecret } from '../../address-state.ts'
import { safeNext } from '../../next.ts'
import { PageHead } from '../../pieces/PageHead.tsx'
import { PageSkeleton } from '../../pieces/Skeletons.tsx'
import classes from './Door.module.css'

/** The narrow page of a door: signing in, signing up, a link from a mail. */
export function Door(props: { title: string; state?: ReactNode; children?: ReactNode }) {
  return (
    <Stack className={classes.door} gap={0} maw={420} mx="auto" pt={{ base: 0, sm: 40 }}>
      <PageHead title={props.title} state={props.state} />
      {props.children}
    </Stack>
  )
}

/** Where this door leads: the path on this site that the address asks for, or the first page. */
export function useNext(): string {
  return safeNext(useAddressSecret('next'), location.origin)
}

/** Goes on to an address at once, leaving no step to come back to. */
export function GoOn({ to }: { to: string }) {
  const { history } = useRouter()
  // Read once: while the next page is on its way, the address that said where to go is gone.
  const [first] = useState(to)
  useEffect(() => history.replace(first), [history, first])
  return <PageSkeleton />
}
