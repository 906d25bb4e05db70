// One attack in a process of its own, until it is killed: node tests/attacker.ts <attack> <victim as JSON>
import { setPriority } from 'node:os'
import { attacks, type Victim } from './attacks/one-caller.ts'

// Attackers have machines of their own. Here they share one with the hub, and take only what it leaves over.
setPriority(19)

const [, , name = '', victim = ''] = process.argv
process.on('disconnect', () => process.exit())
await attacks[name]?.(JSON.parse(victim) as Victim)
