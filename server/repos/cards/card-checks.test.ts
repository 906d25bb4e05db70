import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { problemsOfCard } from './card-checks.ts'

const result = {
  task: { type: 'image-classification' },
  dataset: { type: 'beans', name: 'Beans' },
  metrics: [{ type: 'accuracy', value: 0.9 }],
}

describe('the metadata of a card', () => {
  const right: Record<string, unknown>[] = [
    {},
    { license: 'mit', tags: ['a', 'b'], language: 'en', datasets: ['x/y'], base_model: 'x/y' },
    { license: ['apache-2.0', 'other'], tags: 'a', library_name: 'sklearn', anything: { else: 7 } },
    { license: 'gemma' },
    { license: null, tags: null, 'model-index': null },
    { 'model-index': [{ name: 'm', results: [result] }] },
    { 'model-index': [] },
  ]
  for (const data of right) {
    it(`may be ${JSON.stringify(data).slice(0, 80)}`, () => assert.deepEqual(problemsOfCard(data), []))
  }

  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ license: 'asdf' }, /^"license" must be one of .*\.$/],
    [{ license: 'MIT' }, /^"license" must be one of/],
    [{ license: ['mit', 'asdf'] }, /^"license" must be one of/],
    [{ license: 7 }, /^"license" must be a text or a list of texts\.$/],
    [{ tags: 7 }, /^"tags" must be/],
    [{ tags: [1, 2] }, /^"tags" must be/],
    [{ tags: { a: 1 } }, /^"tags" must be/],
    [{ library_name: ['a'] }, /^"library_name" must be a text\.$/],
    [{ 'model-index': 'foo' }, /^"model-index" must be a list/],
    [{ 'model-index': [{ name: 'm' }] }, /^"model-index" must be a list/],
    [{ 'model-index': [{ name: 'm', results: [{ ...result, task: {} }] }] }, /^"model-index" must be a list/],
  ]
  for (const [data, sentence] of wrong) {
    it(`must not be ${JSON.stringify(data).slice(0, 80)}`, () => {
      const problems = problemsOfCard(data)
      assert.equal(problems.length, 1, problems.join('\n'))
      assert.match(problems[0] ?? '', sentence)
    })
  }
})
