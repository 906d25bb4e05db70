import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import { firstAttributes } from './attributes.ts'
import { lfsLineFor } from './lfs-paths.ts'
import { matchAtOnce, matchPaths, type PathQuestion } from './path-match.ts'
import { pathsMeant } from './path-reader.ts'

const plenty = 100_000_000

function ignoredBy(text: string, paths: string[]): string[] | undefined {
  return matchPaths({ of: 'gitignore', text, paths }, plenty)
}

function lfsBy(text: string, paths: string[]): string[] | undefined {
  return matchPaths({ of: 'gitattributes', files: [{ folder: '', text }], paths }, plenty)
}

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
    '.**/a',
    'a**/b',
    'a/b**',
    'a/***/b',
    '/***',
    'a**',
    '/**/a',
    'a//b',
    '',
  ]) {
    it(`ignore as git does: ${JSON.stringify(text)}`, () => {
      const expected = ignoredByGit(text, paths)
      assert.deepEqual(
        ignoredBy(text, paths),
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
          ignoredBy(lines.join('\n'), paths),
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
        lfsBy(text, paths),
        paths.filter((path) => expected.has(path)),
        JSON.stringify(text),
      )
    }
  })

  it('name one file, whatever it is called', () => {
    const names = [...paths, 'with "quotes".bin', 'tab\tx', '-x', '#x', '!x', 'a\\b', 'ü ö/模型 [1].bin', '**', '*/?']
    for (const name of names) {
      const text = lfsLineFor(name)
      assert.deepEqual(lfsBy(text, names), [name], text)
      assert.deepEqual(
        names.filter((path) => lfsByGit(text, names).has(path)),
        [name],
        text,
      )
    }
  })

  it('are matched to the end, whatever someone made them of', () => {
    assert.deepEqual(ignoredBy(`${'a*'.repeat(100)}c`, ['a'.repeat(2000)]), [])
    assert.deepEqual(ignoredBy(`${'**/a/'.repeat(100)}c`, ['a/'.repeat(1000).concat('b')]), [])
    assert.deepEqual(ignoredBy(`a${' '.repeat(400_000)}b`, ['a']), [])
  })

  it('are given up, whatever many of them are made of, and no one else waits for that', async () => {
    const paths = Array.from({ length: 1000 }, (_, index) => `${'a'.repeat(250)}/${'a/'.repeat(1500)}${index}`)
    const stars = `${'*a'.repeat(400)}b`
    const questions: PathQuestion[] = [
      { of: 'gitignore', text: `${stars}\n`.repeat(600), paths },
      { of: 'gitattributes', files: [{ folder: '', text: `/**/${stars}/** filter=lfs\n`.repeat(600) }], paths },
      { of: 'gitignore', text: `${stars}\n`.repeat(20), paths },
    ]
    let ticks = 0
    const ticking = setInterval(() => ticks++, 1)
    const answers = await Promise.allSettled(questions.map((question) => pathsMeant(question)))
    clearInterval(ticking)
    for (const answer of answers) {
      assert.equal(answer.status, 'rejected')
      assert.equal(answer.reason.code, 'Unprocessable')
    }
    assert.ok(ticks > 100, `the main thread came to itself ${ticks} times only`)
  })

  it('take the usual ones for as many files as a commit may have', async () => {
    const paths = Array.from({ length: 25_000 }, (_, index) => `data/train/part-${index}/picture-${index}.safetensors`)
    const meant = await pathsMeant({ of: 'gitattributes', files: [{ folder: '', text: firstAttributes }], paths })
    assert.equal(meant.size, paths.length)
  })

  it('are answered or handed to a thread in no time, whatever they are made of', () => {
    const piece = fc.constantFrom(
      'a',
      '*a',
      '**/',
      '/',
      '[a-z]',
      '[',
      '[!a',
      '\\',
      '"',
      ' ',
      '\t',
      '\n',
      '?',
      '!',
      '**/*a/',
      ' filter=lfs\n',
    )
    const text = (mostLength: number) =>
      fc.array(fc.tuple(piece, fc.integer({ min: 1, max: 4000 })), { maxLength: 6 }).map((parts) =>
        parts
          .map(([piece, times]) => piece.repeat(times))
          .join('')
          .slice(0, mostLength),
      )
    const paths = fc
      .tuple(text(4000), fc.integer({ min: 1, max: 1000 }))
      .map(([path, times]) => Array<string>(times).fill(path))
    const question = fc
      .tuple(fc.boolean(), text(16_384), paths)
      .map(
        ([isIgnore, text, paths]): PathQuestion =>
          isIgnore ? { of: 'gitignore', text, paths } : { of: 'gitattributes', files: [{ folder: '', text }], paths },
      )
    fc.assert(
      fc.property(question, (asked) => {
        const began = performance.now()
        matchAtOnce(asked)
        return performance.now() - began < 10_000
      }),
      // What was found is megabytes; the seed finds it again
      {
        endOnFailure: true,
        reporter: ({ failed, seed }) => assert.ok(!failed, `took too long with the seed ${seed}`),
      },
    )
  })
})
