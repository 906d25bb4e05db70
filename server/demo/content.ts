import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { Change } from '../git/objects/commits.ts'
import { writeCommit } from '../git/objects/commits.ts'
import { pointerText } from '../git/objects/objects.ts'
import { createRepository } from '../git/upkeep/repository.ts'
import { firstAttributes } from '../repos/paths/attributes.ts'
import { authorNamed } from '../repos/registry/author.ts'
import type { RepoMaking } from '../repos/registry/places.ts'
import { beginMain } from '../repos/registry/places.ts'
import { gateOnCard } from './gate-world.ts'
import { daysAgo } from './history.ts'
import type { DemoRepo } from './world.ts'

/** A large file that the demo keeps in LFS. */
export interface DemoLfs {
  oid: string
  size: number
  path: string
}

interface Step {
  message: string
  files: Record<string, string>
  /** How far between the beginning and now, 0 to 1. */
  when: number
}

const weightBytes = 256 * 1024
/** How far between then and now the last commit was made. */
const lastStep = { model: 0.9, dataset: 0.5, space: 0.5 }

/** Makes the git repository of a demo repository, with a short history; answers its large files. */
export async function makeDemoRepository(
  making: RepoMaking,
  id: string,
  repo: DemoRepo,
  author: string,
): Promise<DemoLfs[]> {
  await createRepository(making.git, id)
  const weights = repo.type === 'model' ? await storeWeights(making, id, repo) : undefined
  let parent: string | undefined
  for (const { message, files, when } of stepsOf(repo, weights)) {
    const changes = Object.entries(files).map(
      ([path, text]): Change => ({ kind: 'file', path, content: Buffer.from(text) }),
    )
    const date = momentOf(repo, when)
    parent = await writeCommit(making.git, id, {
      parent,
      message,
      author: authorNamed(making.links, author),
      date,
      changes,
    })
  }
  if (parent !== undefined) await beginMain(making.git, id, parent)
  return weights ? [weights] : []
}

/** When the last commit of a demo repository was made. */
export function pushedAt(repo: DemoRepo): Date {
  return momentOf(repo, lastStep[repo.type])
}

function momentOf({ made }: DemoRepo, when: number): Date {
  return daysAgo(made * (1 - when))
}

async function storeWeights(making: RepoMaking, id: string, { name }: DemoRepo): Promise<DemoLfs> {
  const bytes = Buffer.alloc(weightBytes, `weights of ${name} `)
  const oid = createHash('sha256').update(bytes).digest('hex')
  await making.lfs.put(id, { oid, size: bytes.length }, Readable.from([bytes]))
  return { oid, size: bytes.length, path: 'model.safetensors' }
}

function stepsOf(repo: DemoRepo, weights: DemoLfs | undefined): Step[] {
  const begin: Step = { message: 'initial commit', files: { '.gitattributes': firstAttributes }, when: 0 }
  const card: Step = { message: 'Write the card', files: { 'README.md': cardOf(repo) }, when: 0.2 }
  if (weights === undefined) return [begin, card, dataStep(repo)]
  const config = { architecture: 'transformer', hidden_size: 512, layers: 8, vocabulary: 32_000 }
  return [
    begin,
    card,
    { message: 'Add the configuration', files: { 'config.json': `${JSON.stringify(config, null, 2)}\n` }, when: 0.3 },
    {
      message: 'Upload the first weights',
      files: { [weights.path]: pointerText(weights), 'train/train.py': script },
      when: 0.6,
    },
    {
      message: 'Train longer, and say how',
      files: { 'train/train.py': `${script}\ntrain(steps=20_000)\n` },
      when: lastStep.model,
    },
  ]
}

function dataStep({ type }: DemoRepo): Step {
  if (type === 'space')
    return { message: 'Add the page', files: { 'app.py': 'print("hello")\n' }, when: lastStep.space }
  const rows = Array.from({ length: 40 }, (_, row) => `${row},recording-${row}.wav,${(row * 7) % 13}`)
  return {
    message: 'Add the first rows',
    files: { 'data/train.csv': `id,file,label\n${rows.join('\n')}\n` },
    when: lastStep.dataset,
  }
}

const script =
  'from pathlib import Path\n\n\ndef train(steps: int = 10_000) -> None:\n    Path("model.safetensors").touch()\n'

function cardOf({ name, type, owner, isGated }: DemoRepo): string {
  const title = name.replaceAll('-', ' ').replace(/^./, (letter) => letter.toUpperCase())
  const use =
    type === 'model'
      ? `\n## Use\n\n\`\`\`python\nfrom huggingface_hub import snapshot_download\n\nsnapshot_download("${owner}/${name}")\n\`\`\`\n`
      : ''
  return `---\nlicense: apache-2.0\nlanguage:\n- en\ntags:\n- demo\n${isGated ? gateOnCard : ''}---\n\n# ${title}\n\nSample repository for the demo. It works like any other, but its contents are made up.\n${use}`
}
