import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, describe, it } from 'node:test'
import fc from 'fast-check'
import type { AttributesFile } from './lfs-paths.ts'
import { matchPaths } from './path-match.ts'

const folder = mkdtempSync(join(tmpdir(), 'guildhall-attributes-'))
after(() => rmSync(folder, { recursive: true, force: true }))
execFileSync('git', ['init', '-q', folder])
const env = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
  HOME: folder,
  GIT_ATTR_NOSYSTEM: '1',
  GIT_CONFIG_NOSYSTEM: '1',
}

const folders = ['', 'd', 'd/e', 'x']
const names = ['a', 'b', 'a.b', 'c d', 'é']
const paths = folders.flatMap((folder) => names.map((name) => (folder === '' ? name : `${folder}/${name}`)))

function byGit(files: readonly AttributesFile[]): string[] {
  for (const folderOf of folders) {
    const path = join(folder, folderOf, '.gitattributes')
    mkdirSync(dirname(path), { recursive: true })
    rmSync(path, { force: true })
  }
  for (const { folder: of, text } of files) writeFileSync(join(folder, of, '.gitattributes'), text)
  const input = `${paths.join('\0')}\0`
  const said = execFileSync('git', ['check-attr', '--stdin', '-z', 'filter'], {
    ...{ cwd: folder, input, env, stdio: ['pipe', 'pipe', 'ignore'] },
  })
  const words = said.toString().split('\0')
  return words.filter((_, index) => index % 3 === 0 && words[index + 2] === 'lfs')
}

function byHub(files: readonly AttributesFile[]): string[] | undefined {
  return matchPaths({ of: 'gitattributes', files, paths }, 100_000_000)
}

function agree(files: readonly AttributesFile[]): void {
  assert.deepEqual(byHub(files), byGit(files), JSON.stringify(files))
}

describe('.gitattributes in folders', () => {
  const cases: Record<string, AttributesFile[]> = {
    'deeper wins': [
      { folder: '', text: '*.b filter=lfs\n' },
      { folder: 'd', text: '*.b -filter\n' },
      { folder: 'd/e', text: '*.b filter=lfs\n' },
    ],
    'a folder alone': [{ folder: 'd', text: '*.b filter=lfs\n/a filter=lfs\ne/b filter=lfs\n' }],
    'unset and unspecified': [
      { folder: '', text: '* filter=lfs\n' },
      { folder: 'd', text: 'a !filter\nb filter\na.b filter=other\n' },
    ],
    'macros of the root, in every folder': [
      { folder: '', text: '[attr]large filter=lfs -text\n[attr]huge large\n*.b huge\n' },
      { folder: 'd', text: 'a large\nb huge\na.b -large\n[attr]mine filter=lfs\n"c d" mine\n' },
    ],
    'macros that are unset are not filled in': [
      { folder: '', text: '[attr]large filter=lfs\n* large\na -large\nb !large\n*.b large -filter\n' },
    ],
    'macros of macros that lead back': [{ folder: '', text: '[attr]p q filter=lfs\n[attr]q p\na q\nb p -filter\n' }],
    'the last definition of a macro': [
      { folder: '', text: '[attr]binary filter=other\n[attr]binary filter=lfs\n* binary\n' },
    ],
    'lines that git passes over': [
      {
        folder: '',
        text: `a filter=lfs -\nb filter=lfs ${'x'.repeat(2100)}\n"c d"filter=lfs\n"a\\q" filter=lfs\n!é filter=lfs\n`,
      },
      { folder: 'd', text: '\ufeffa filter=lfs\n # b filter=lfs\n\té\tfilter=lfs\r\n' },
    ],
  }
  for (const [name, files] of Object.entries(cases)) it(`decide as git does: ${name}`, () => agree(files))

  it('decide as git does, whatever is written', () => {
    const subject = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('a', '*', '*.b', '/a', 'e/*', 'd/**', '**/b', '"c d"', 'é', 'd/e/a', '!a', 'e/'),
      },
      { weight: 2, arbitrary: fc.constantFrom('[attr]m', '[attr]n', '[attr]filter') },
    )
    const state = fc.constantFrom(
      'filter=lfs',
      'filter=x',
      'filter',
      '-filter',
      '!filter',
      'm',
      '-m',
      '!m',
      'n',
      '-n',
      'm=1',
      'text',
      '-',
      '-filter=lfs',
    )
    const line = fc
      .tuple(subject, fc.array(state, { minLength: 1, maxLength: 3 }))
      .map(([pattern, states]) => `${pattern} ${states.join(' ')}`)
    const text = fc.array(line, { maxLength: 5 }).map((lines) => `${lines.join('\n')}\n`)
    const files = fc.array(text, { minLength: folders.length, maxLength: folders.length })
    const written = files.map((texts) => folders.map((folder, index) => ({ folder, text: texts[index] ?? '' })))
    fc.assert(fc.property(written, agree), { numRuns: 150 })
  })
})
