import { useState } from 'react'
import { GoTo } from './GoTo.tsx'

/** In place of a page for people who are signed in: leads to the sign-in page, and from there back here. */
export function SignInFirst() {
  // Read once: while the sign-in page is on its way, the address is already the new one.
  const [next] = useState(() => location.pathname + location.search)
  return <GoTo to="/login" next={next} />
}
