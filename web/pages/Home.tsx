import { GoTo } from '../pieces/GoTo.tsx'
import { useInstance } from '../session.ts'
import { Dashboard } from './home/Dashboard.tsx'
import { Welcome } from './home/Welcome.tsx'

/** The first page: a short introduction for visitors, and recent activity for signed-in users. */
export function Page() {
  const { account, needsSetup, demo } = useInstance()
  if (needsSetup && !account) return <GoTo to={demo ? '/login' : '/setup'} />
  return account ? <Dashboard account={account} /> : <Welcome />
}
