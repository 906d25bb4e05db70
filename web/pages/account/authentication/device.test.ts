import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceOf } from './device.ts'

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)'
const named: [string | null, string][] = [
  ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox on Linux'],
  [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/130.0 Safari/537.36`, 'Chrome on Windows'],
  [`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/130.0 Safari/537.36 Edg/130.0`, 'Edge on Windows'],
  [`Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) ${webkit} Chrome/130.0 Safari/537.36 OPR/115.0`, 'Opera on macOS'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1', 'Safari on iOS'],
  [`Mozilla/5.0 (Linux; Android 14) ${webkit} Chrome/130.0 Mobile Safari/537.36`, 'Chrome on Android'],
  [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} HeadlessChrome/130.0 Safari/537.36`, 'Headless Chrome on Linux'],
  ['curl/8.5.0', 'curl/8.5.0'],
  ['python-requests/2.32 (extra)', 'python-requests/2.32'],
  ['', 'Unknown program'],
  [null, 'Unknown program'],
]

for (const [userAgent, words] of named) test(`deviceOf: ${words}`, () => assert.equal(deviceOf(userAgent), words))

test('deviceOf: a name that someone made endless is cut', () => {
  assert.equal(deviceOf('x'.repeat(500)).length, 60)
})
