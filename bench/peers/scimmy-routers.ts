import { randomUUID } from 'node:crypto'
import express from 'express'
import SCIMMY from 'scimmy'
import SCIMMYRouters from 'scimmy-routers'

// scimmy-routers on Express with users and groups in memory: found by ID and by userName at once, and by nothing else.
const port = Number(process.argv[3])

interface Kept {
  id: string
  userName?: string
}

function keeping() {
  const byId = new Map<string, Kept>()
  const byName = new Map<string, Kept>()
  return {
    ingress({ id = randomUUID() }: { id?: string }, instance: object) {
      const kept: Kept = { ...instance, id }
      byId.set(id, kept)
      if (kept.userName !== undefined) byName.set(kept.userName, kept)
      return kept
    },
    egress({ id, filter }: { id?: string; filter?: readonly unknown[] }) {
      if (id !== undefined) return byId.get(id)
      // `userName eq "ada@example.org"` is read as [{ userName: ['eq', 'ada@example.org'] }]
      const [wanted] = (filter ?? []) as { userName?: [string, string] }[]
      const found = byName.get(wanted?.userName?.[1] ?? '')
      return found === undefined ? [] : [found]
    },
    degress({ id }: { id?: string }) {
      byId.delete(id ?? '')
    },
  }
}

SCIMMY.Resources.declare(SCIMMY.Resources.User, keeping())
SCIMMY.Resources.declare(SCIMMY.Resources.Group, keeping())
const routers = new SCIMMYRouters({ type: 'bearer', handler: () => 'bench' })
express()
  .use('/scim', routers)
  .listen(port, '127.0.0.1', () => process.stdout.write('ready\n'))
