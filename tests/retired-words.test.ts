import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { retiredWords } from '../tools/retired-words.ts'

// In halves, so that this file passes the check itself.
const words = [
  ['Peti', 'tion'],
  ['open_peti', 'tions'],
  ['tomb', 'stone'],
  ['the rece', 'ipt'],
  ['E-', 'mail'],
  ['two-factor', ' sign-in'],
  ['a second', ' factor'],
  ['Who', 'ever'],
  ['an', 'ew'],
  ['there', 'of'],
  ['is taken', ' back'],
  ['without', ' access'],
  ['let them in', ' again'],
  ['No', 'body'],
  ['that some', 'body'],
]

const found = (file: string, text: string) => retiredWords({ file, lines: ['', text] })

describe('retired words', () => {
  for (const word of words)
    it(`finds “${word.join('·')}” in any file, with its line`, () => {
      for (const file of ['server/orgs/store.ts', 'web/pages/Home.tsx', 'docs/guides/members.md']) {
        const [finding] = found(file, `// ${word.join('')} here`)
        assert.deepEqual([finding?.file, finding?.line], [file, 2])
        assert.match(finding?.problem ?? '', /retired word/)
      }
    })

  it('refuses some words in documents alone', () => {
    for (const text of ['for every' + 'body', 'two m' + 'ails', 'a user n' + 'ame', 'goes o' + 'n working']) {
      assert.equal(found('docs/guides/members.md', text).length, 1, text)
      assert.deepEqual(found('web/pages/Home.tsx', text), [])
    }
  })

  const sentences = [
    'Every' + 'body can read it.',
    'Open the link in the m' + 'ail.',
    'The h' + 'ub is busy.',
    'Ask an oper' + 'ator.',
    'It is not verified any m' + 'ore.',
    'No organization of th' + 'is name.',
    'You m' + 'ay read it.',
    'Added with the r' + 'ole write.',
    'The address is on your account alr' + 'eady.',
    'You are kept o' + 'ut.',
  ]

  it('refuses more words in what the server and the command line say', () => {
    for (const text of sentences) {
      const line = `  throw new HubError('Conflict', '${text}')`
      for (const file of ['server/orgs/new.ts', 'api/new.ts', 'cli/new.ts', 'web/pages/New.tsx'])
        assert.notEqual(found(file, line).length, 0, text)
      assert.deepEqual(found('server/orgs/new.ts', `  // ${text}`), [], 'comments are for engineers')
      assert.deepEqual(found('server/orgs/new.ts', `  throw new Error('${text}')`), [], 'a bug')
      assert.deepEqual(found('server/orgs/new.test.ts', line), [])
    }
  })

  it('finds them in the help of a command, and leaves what is called so', () => {
    assert.equal(found('cli/new.ts', 'Starts a h' + 'ub for this command.').length, 1)
    assert.equal(found('web/pages/New.tsx', '          Ask an oper' + 'ator for the link.').length, 1)
    assert.deepEqual(found('cli/new.ts', "  .addHelpText('after', 'Example: guildhall oper" + "ator create')"), [])
    assert.deepEqual(found('api/new.ts', "  dialect: 'h" + "ub',"), [])
    assert.deepEqual(found('server/mail/store.ts', '  await sql`update m' + 'ails set job = null`'), [])
    assert.deepEqual(found('server/new.ts', '  log.info(`sent ${m' + 'ails.length} emails`)'), [])
  })

  it('leaves what was stored or said before, and names of the system', () => {
    assert.deepEqual(found('server/store/migrations/0008_recovery.sql', `create table ${'peti'}${'tions'} (`), [])
    assert.deepEqual(found('CHANGELOG.md', `a ${'rece'}${'ipt'}`), [])
    assert.deepEqual(found('server/users/names/reserved.ts', `'${'no'}${'body'}',`), [])
    assert.deepEqual(found('docs/guides/mail.md', 'Email, 2FA, a recovery request, an offboarding report.'), [])
  })
})
