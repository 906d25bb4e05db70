import { below, type Figure, percentile, timeEach } from './measure.ts'
import { type BenchWorld, cursorAfter, sizes } from './world.ts'

const calls = 400
const p99GoalMs = 20
const growthGoal = 1.5
const searchWhy =
  'A search looks through the first 1,000 members in order and then asks the trigram index, whose lists for common syllables grow with the number of people.'

const pages = [
  'first page',
  'middle page',
  'last page',
  'name search',
  'search by a number',
  'search for many',
] as const
type PageKind = (typeof pages)[number]

/** Pages of 50 members in organizations of three sizes, one call after the other. */
export async function measureMembers(hub: string, world: BenchWorld): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const page of pages) {
    const samples = new Map<number, number[]>()
    for (const size of sizes) samples.set(size, await measurePage(hub, world, size, page))
    for (const [size, times] of samples) figures.push(p99Figure(page, size, times))
    figures.push(growthFigure(page, samples))
  }
  return figures
}

async function measurePage(hub: string, world: BenchWorld, size: number, page: PageKind): Promise<number[]> {
  const headers = { authorization: `Bearer ${world.adminToken}` }
  const address = `${hub}/api/organizations/members-${size}/members?limit=50${await queryOf(world, size, page)}`
  const call = async () => {
    const response = await fetch(address, { headers })
    const members = (await response.json()) as unknown[]
    if (response.status !== 200 || members.length === 0)
      throw new Error(`${address}: ${response.status}, ${members.length} members`)
  }
  await timeEach(40, call)
  return timeEach(calls, call)
}

async function queryOf(world: BenchWorld, size: number, page: PageKind): Promise<string> {
  if (page === 'first page') return ''
  if (page === 'search for many') return '&search=marsa'
  if (page === 'search by a number') return '&search=person-777'
  if (page === 'name search') return `&search=${encodeURIComponent(await surnameOf(world, 'person-777'))}`
  const offset = page === 'middle page' ? size / 2 : size - 51
  return `&cursor=${await cursorAfter(world, `members-${size}`, offset)}`
}

async function surnameOf(world: BenchWorld, name: string): Promise<string> {
  const [person] = await world.query<{ fullname: string }>('select fullname from users where name = $1', [name])
  return person?.fullname.split(' ')[1] ?? ''
}

function p99Figure(page: PageKind, size: number, times: number[]): Figure {
  const p99 = percentile(times, 99)
  const note = `median ${percentile(times, 50).toFixed(1)} ms`
  return {
    name: `members, ${page}, ${size.toLocaleString('en')} people: p99`,
    value: p99,
    unit: 'ms',
    verdict: below(p99, p99GoalMs),
    note,
    why: searchWhy,
  }
}

function growthFigure(page: PageKind, samples: Map<number, number[]>): Figure {
  const median = (size: number) => percentile(samples.get(size) ?? [], 50)
  const growth = median(sizes[2]) / median(sizes[0])
  return {
    name: `members, ${page}: 100,000 as a ratio to 1,000 (medians)`,
    value: growth,
    unit: '×',
    verdict: below(growth, growthGoal),
    why: searchWhy,
  }
}
