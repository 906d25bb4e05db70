import { Outlet } from '@tanstack/react-router'
import { gated } from '../../../../api/index.ts'
import { GateProvider, isClosed } from '../../../gate.ts'
import { useReply } from '../../../hub.ts'
import { useRepository } from '../../../repository.ts'
import { AccessForm } from './AccessForm.tsx'
import { OwnAccess } from './OwnAccess.tsx'

// The card tells everyone what is behind the gate, and settings are no files.
const outside: ReadonlySet<string> = new Set(['', 'settings'])

/** The pages of a gated repository. Where the gate keeps the viewer out, the request for access stands in place of files. */
export function GatedPages({ part }: { part: string }) {
  const { params } = useRepository()
  const gate = useReply(gated.getGate, { params })
  const closed = isClosed(gate)
  return (
    <GateProvider value={gate}>
      {closed && part !== 'settings' && <AccessForm gate={gate} />}
      {!closed && part === '' && <OwnAccess gate={gate} />}
      {(!closed || outside.has(part)) && <Outlet />}
    </GateProvider>
  )
}
