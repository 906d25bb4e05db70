import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { dispositionOf, mediaTypeOf } from './media.ts'

describe('the type of a file', () => {
  const rows: [string, string | Buffer | undefined, string][] = [
    ['index.html', '<script>', 'text/plain; charset=utf-8'],
    ['a.svg', '<svg>', 'text/plain; charset=utf-8'],
    ['a.xhtml', undefined, 'text/plain; charset=utf-8'],
    ['a.js', undefined, 'text/plain; charset=utf-8'],
    ['README', 'some text', 'text/plain; charset=utf-8'],
    ['data', Buffer.from([0, 1, 2]), 'application/octet-stream'],
    ['data', Buffer.from([0xff, 0xfe]), 'application/octet-stream'],
    ['model.safetensors', undefined, 'application/octet-stream'],
    ['paper.pdf', undefined, 'application/octet-stream'],
    ['cat.PNG', Buffer.from([0x89]), 'image/png'],
    ['dir.png/file', undefined, 'application/octet-stream'],
    ['.gitattributes', undefined, 'text/plain; charset=utf-8'],
  ]
  for (const [path, start, type] of rows)
    it(`${path} is ${type}`, () =>
      assert.equal(mediaTypeOf(path, start === undefined ? undefined : Buffer.from(start)), type))

  it('is never one that a browser runs', () => {
    for (const ending of ['html', 'htm', 'xhtml', 'xml', 'svg', 'pdf', 'swf', 'js', 'mjs', 'mhtml', 'xsl'])
      assert.match(
        mediaTypeOf(`x.${ending}`, Buffer.from('text')),
        /^(text\/plain; charset=utf-8|application\/octet-stream)$/,
      )
  })
})

describe('the name of a download', () => {
  it('cannot leave its header', () => {
    const header = dispositionOf('attachment', 'a"b\\c\r\nSet-Cookie: x%\'ü.txt')
    assert.equal(
      header,
      `attachment; filename="a_b_c__Set-Cookie: x_'_.txt"; filename*=UTF-8''a%22b%5Cc%0D%0ASet-Cookie%3A%20x%25%27%C3%BC.txt`,
    )
  })
})
