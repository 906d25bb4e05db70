// One attack in a process of its own, until it is killed: node tests/attacker.ts <attack> <victim as JSON>
import { attacks, type Victim } from './attacks/one-caller.ts'

const [, , name = '', victim = ''] = process.argv
process.on('disconnect', () => process.exit())
await attacks[name]?.(JSON.parse(victim) as Victim)
