import assert from 'node:assert/strict'
import { after, describe, it } from 'node:test'
import { openScratch } from '../../../tests/git-repository.ts'
import { cardAt, siblingsAt } from './commit-contents.ts'

const scratch = openScratch()
after(() => scratch.close())

const files = { 'README.md': '---\nlicense: mit\n---\n', 'data/a.txt': 'hello' }
const repo = scratch.create()
const commit = scratch.commit(repo, files)

/** The same host, whose readers answer nothing. */
const deaf = {
  ...scratch.host,
  readers: {
    ...scratch.host.readers,
    infos: () => Promise.reject(new Error('git was asked')),
    contents: () => Promise.reject(new Error('git was asked')),
    kept: () => undefined,
  },
}

describe('what a commit holds', () => {
  it('is read once', async () => {
    await assert.rejects(cardAt({ git: deaf, repoId: repo, commit }), /git was asked/)
    await assert.rejects(siblingsAt({ git: deaf, repoId: repo, commit }, true), /git was asked/)
    const card = await cardAt({ git: scratch.host, repoId: repo, commit })
    const [plain, whole] = await Promise.all(
      [false, true].map((blobs) => siblingsAt({ git: scratch.host, repoId: repo, commit }, blobs)),
    )
    assert.deepEqual([card.data, plain?.map(({ rfilename }) => rfilename)], [{ license: 'mit' }, Object.keys(files)])
    assert.deepEqual(
      whole?.map(({ size }) => size),
      Object.values(files).map(({ length }) => length),
    )
    assert.equal(await cardAt({ git: deaf, repoId: repo, commit }), card)
    assert.equal(await siblingsAt({ git: deaf, repoId: repo, commit }, false), plain)
    assert.equal(await siblingsAt({ git: deaf, repoId: repo, commit }, true), whole)
  })

  it('is kept for each commit by itself, with and without sizes', async () => {
    const next = scratch.commit(repo, { 'README.md': '---\nlicense: apache-2.0\n---\n', 'new.txt': 'new' })
    // Each of them twice, so that the second answer is the kept one
    for (const [at, license, names] of [
      [commit, 'mit', Object.keys(files)],
      [next, 'apache-2.0', [...Object.keys(files), 'new.txt']],
      [commit, 'mit', Object.keys(files)],
      [next, 'apache-2.0', [...Object.keys(files), 'new.txt']],
    ] as const) {
      const of = { git: scratch.host, repoId: repo, commit: at }
      assert.deepEqual((await cardAt(of)).data, { license })
      for (const blobs of [false, true]) {
        const siblings = await siblingsAt(of, blobs)
        assert.deepEqual(
          siblings.map(({ rfilename, size }) => [rfilename, size !== undefined]),
          names.map((name) => [name, blobs]),
        )
      }
    }
  })

  it('is kept for each repository by itself', async () => {
    const other = scratch.create()
    await cardAt({ git: scratch.host, repoId: repo, commit })
    assert.equal((await cardAt({ git: scratch.host, repoId: other, commit })).found, false)
    assert.deepEqual(await siblingsAt({ git: scratch.host, repoId: other, commit }, false), [])
  })
})
