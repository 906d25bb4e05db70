import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { firstAttributes } from './attributes.ts'
import { ignoredBy } from './ignored.ts'
import { lfsLineFor, lfsPathsOf } from './lfs-paths.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-patterns-'))
after(() => rmSync(folder, { recursive: true, force: true }))
execFileSync('git', ['init', '-q', folder])
mkdirSync(join(folder, '.git/info'), { recursive: true })

function git(args: string[], paths: string[]): string[] {
  const options = {
    cwd: folder,
    input: `${paths.join('\0')}\0`,
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin', HOME: folder },
  }
  try {
    return execFileSync('git', args, options).toString().split('\0')
  } catch (error) {
    // check-ignore ends with 1 when nothing is ignored
    if ((error as { status?: number }).status === 1) return []
    throw error
  }
}

function ignoredByGit(text: string, paths: string[]): Set<string> {
  writeFileSync(join(folder, '.git/info/exclude'), text)
  return new Set(git(['check-ignore', '--no-index', '--stdin', '-z'], paths))
}

function lfsByGit(text: string, paths: string[]): Set<string> {
  writeFileSync(join(folder, '.git/info/attributes'), text)
  const words = git(['check-attr', '--stdin', '-z', 'filter'], paths)
  return new Set(words.filter((_, index) => index % 3 === 0 && words[index + 2] === 'lfs'))
}

const paths = [
  'a',
  'b',
  'ab',
  'a/b',
  'b/a',
  'a/a',
  'a/b/c',
  'c/a/b',
  'x/y/z/a',
  'a.b',
  'a/b.b',
  'aab',
  '.a',
  'a/.b',
  'A',
  'a b',
  'é',
  'a*b',
  '[a]',
  'a]b',
  'b!a',
]

describe('patterns of git', () => {
  for (const text of [
    'a',
    '/a',
    'a/',
    'a/b',
    '*',
    '*.b',
    'a*',
    '**/a',
    'a/**',
    'a/**/c',
    '**/b/**',
    '?',
    '[ab]',
    '[!a]',
    '[^a]*',
    'a/*',
    '!a',
    '*\n!a',
    'a\n!a/b',
    '*\n!*/\n!a',
    '\\!a',
    '#a',
    'a ',
    'a\\ b',
    '[[:alpha:]]',
    'a\\*b',
    '\\[a]',
    'a\\/b',
    '[]a]',
    '[a',
    '**',
    '**a',
    'a**b',
    '/**/a',
    'a//b',
    '',
  ]) {
    it(`ignore as git does: ${JSON.stringify(text)}`, () => {
      const expected = ignoredByGit(text, paths)
      const ignores = ignoredBy(text)
      assert.deepEqual(
        paths.filter(ignores),
        paths.filter((path) => expected.has(path)),
      )
    })
  }

  it('ignore as git does, whatever is written', () => {
    const text = fc.array(
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '/', '!', '[', ']', '.', '\\', '-'), maxLength: 6 }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(text, (lines) => {
        // A slash inside of a class has no meaning that git would keep to
        fc.pre(!lines.some((line) => /\[.*\//.test(line)))
        const expected = ignoredByGit(lines.join('\n'), paths)
        assert.deepEqual(
          paths.filter(ignoredBy(lines.join('\n'))),
          paths.filter((path) => expected.has(path)),
        )
      }),
      { numRuns: 200 },
    )
  })

  it('give files to LFS as git does', () => {
    const texts = [
      '*.b filter=lfs diff=lfs merge=lfs -text\n',
      '*.b filter=lfs\na/*.b -filter\n',
      '*.b filter=lfs\n*.b !filter\n',
      '* filter=lfs\na text\n',
      'a filter=lfs -filter\n',
      '"a b" filter=lfs\n"\\303\\251" filter=lfs',
      '# a filter=lfs\n[attr]x filter=lfs\na/ filter=lfs\n/a filter=lfs\r\n!b filter=lfs\n',
      'a/** filter=lfs\n**/c filter=other\n  b   text   filter=lfs  \n',
      'é filter=lfs\na\\*b filter=lfs',
    ]
    for (const text of texts) {
      const expected = lfsByGit(text, paths)
      assert.deepEqual(
        paths.filter(lfsPathsOf(text)),
        paths.filter((path) => expected.has(path)),
        JSON.stringify(text),
      )
    }
  })

  it('name one file, whatever it is called', () => {
    const names = [...paths, 'with "quotes".bin', 'tab\tx', '-x', '#x', '!x', 'a\\b', 'ü ö/模型 [1].bin', '**', '*/?']
    for (const name of names) {
      const text = lfsLineFor(name)
      assert.deepEqual(names.filter(lfsPathsOf(text)), [name], text)
      assert.deepEqual(
        names.filter((path) => lfsByGit(text, names).has(path)),
        [name],
        text,
      )
    }
  })

  it('are matched to the end, whatever somebody made them of', () => {
    assert.equal(ignoredBy(`${'a*'.repeat(100)}c`)('a'.repeat(2000)), false)
    assert.equal(ignoredBy(`${'**/a/'.repeat(100)}c`)('a/'.repeat(1000).concat('b')), false)
    ignoredBy(`a${' '.repeat(400_000)}b`)
  })

  it('are given up, whatever many of them are made of', () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `${'a'.repeat(250)}/${'a/'.repeat(1500)}${index}`)
    const given = { name: 'HubError', code: 'Unprocessable' }
    const stars = `${'*a'.repeat(400)}b`
    assert.throws(() => paths.filter(ignoredBy(`${stars}\n`.repeat(600))), given)
    assert.throws(() => paths.filter(lfsPathsOf(`/**/${stars}/** filter=lfs\n`.repeat(600))), given)
  })

  it('take the usual ones for as many files as a commit may have', () => {
    const isLfs = lfsPathsOf(firstAttributes)
    const paths = Array.from({ length: 25_000 }, (_, index) => `data/train/part-${index}/picture-${index}.safetensors`)
    assert.ok(paths.every(isLfs))
  })
})
