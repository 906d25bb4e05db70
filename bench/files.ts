import { randomBytes } from 'node:crypto'
import { atLeast, below, type Figure, load, percentile, timeEach } from './measure.ts'
import type { Place } from './place.ts'

const connections = 32
const resolveGoal = 2000
const infoGoal = 2000
const treeFiles = 10_000
const firstPageGoalMs = 100
const allPagesGoalMs = 1000
const commitFiles = 1000
const commitGoalMs = 2000

/** Reading and writing files of a repository by the API. */
export async function measureFiles(place: Place, seconds: number): Promise<Figure[]> {
  const repo = await place.createRepo('resolve')
  const content = randomBytes(10 * 1024)
  // What a name ends in decides where a file is kept
  await place.commit(repo, [
    { path: 'data/ten.txt', content },
    { path: 'data/ten.bin', content },
  ])
  return [
    await resolveFigure(place, { url: `${place.url}/${repo}/resolve/main/data/ten.txt`, where: 'in git', seconds }),
    await resolveFigure(place, { url: `${place.url}/${repo}/resolve/main/data/ten.bin`, where: 'in LFS', seconds }),
    await infoFigure(place, seconds),
    ...(await treeFigures(place)),
    await commitFigure(place),
  ]
}

async function resolveFigure(
  place: Place,
  { url, where, seconds }: { url: string; where: string; seconds: number },
): Promise<Figure> {
  const headers = { authorization: `Bearer ${place.token}` }
  await load({ url, seconds: 2, connections, headers })
  const { perSecond, p99, notOk } = await load({ url, seconds, connections, headers })
  return {
    name: `resolve of a 10 KB file ${where}, ${connections} connections`,
    value: perSecond,
    unit: 'requests/s',
    verdict: atLeast(perSecond, resolveGoal, notOk === 0),
    note: `a private repository; p99 ${p99} ms, ${notOk} not answered 2xx`,
  }
}

// Every client's first call, beside the least that a request with a token can ask for
async function infoFigure(place: Place, seconds: number): Promise<Figure> {
  const repo = await place.createRepo('info')
  const card = Buffer.from('---\nlicense: mit\nlibrary_name: transformers\ntags: [a, b]\n---\n')
  const texts = Array.from({ length: 12 }, (_, index) => ({ path: `file-${index}.txt`, content: Buffer.from('text') }))
  await place.commit(repo, [{ path: 'README.md', content: card }, ...texts])
  const headers = { authorization: `Bearer ${place.token}` }
  const perSecondOf = async (path: string) => {
    await load({ url: place.url + path, seconds: 2, connections, headers })
    return load({ url: place.url + path, seconds, connections, headers })
  }
  const { perSecond, p99, notOk } = await perSecondOf(`/api/models/${repo}`)
  const whoami = await perSecondOf('/api/whoami-v2')
  return {
    name: `GET /api/models/{repo}, ${connections} connections`,
    value: perSecond,
    unit: 'requests/s',
    verdict: atLeast(perSecond, infoGoal, notOk === 0),
    note: `${(perSecond / whoami.perSecond).toFixed(2)} × whoami; p99 ${p99} ms, ${notOk} not answered 2xx`,
  }
}

async function treeFigures(place: Place): Promise<Figure[]> {
  const repo = await place.createRepo('tree')
  const files = Array.from({ length: treeFiles }, (_, index) => ({
    path: `part-${index % 100}/file-${index}.txt`,
    content: Buffer.from(`file ${index}\n`),
  }))
  await place.commit(repo, files)
  const first = `${place.url}/api/models/${repo}/tree/main?recursive=true&limit=1000`
  const firstPages: number[] = []
  const wholes = await timeEach(7, async () => {
    let found = 0
    for (let url: string | undefined = first; url !== undefined; ) {
      const begun = performance.now()
      const page = await pageAt(place, url)
      if (url === first) firstPages.push(performance.now() - begun)
      found += page.count
      url = page.next
    }
    if (found < treeFiles) throw new Error(`only ${found} files were listed`)
  })
  const shown = (samples: number[]) =>
    `median of ${samples.length}; slowest ${Math.round(Math.max(...samples))} ms; the first of all ${Math.round(samples[0] ?? 0)} ms`
  const [page, all] = [percentile(firstPages, 50), percentile(wholes, 50)]
  return [
    {
      name: 'tree of 10,000 files: the first page of 1,000',
      ...{ value: page, unit: 'ms', verdict: below(page, firstPageGoalMs), note: shown(firstPages) },
    },
    {
      name: 'tree of 10,000 files: all pages',
      ...{ value: all, unit: 'ms', verdict: below(all, allPagesGoalMs), note: shown(wholes) },
    },
  ]
}

async function pageAt({ token }: Place, url: string): Promise<{ count: number; next: string | undefined }> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  const entries = (await answer.json()) as { type: string }[]
  const count = entries.filter(({ type }) => type === 'file').length
  return { count, next: answer.headers.get('link')?.match(/<([^>]+)>; rel="next"/)?.[1] }
}

async function commitFigure(place: Place): Promise<Figure> {
  const repo = await place.createRepo('commits')
  const samples = await timeEach(5, (round) =>
    place.commit(
      repo,
      Array.from({ length: commitFiles }, (_, index) => ({
        path: `round-${round}/file-${index}.txt`,
        content: Buffer.from(`file ${index} of ${round}\n`.repeat(20)),
      })),
    ),
  )
  const middle = percentile(samples, 50)
  return {
    name: 'commit of 1,000 small files by the API',
    ...{ value: middle, unit: 'ms', verdict: below(middle, commitGoalMs) },
    note: `median of ${samples.length}; slowest ${Math.round(Math.max(...samples))} ms`,
  }
}
