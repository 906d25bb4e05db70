import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { commands, idOf, none, pack } from '../attacks/packets.ts'
import { makeTarget } from '../attacks/place.ts'

const { hub, wes, name, head, push } = await makeTarget()

const bytes = Buffer.from('the weights of a model')
const oid = createHash('sha256').update(bytes).digest('hex')

async function upload(): Promise<void> {
  const { body } = await hub.request(wes, 'POST', `/${name}.git/info/lfs/objects/batch`, {
    operation: 'upload',
    objects: [{ oid, size: bytes.length }],
  })
  const reply = await fetch(body.objects[0].actions.upload.href, { method: 'PUT', body: bytes })
  assert.equal(reply.status, 200)
}

function commitOf(files: Record<string, string>) {
  const blobs = Object.entries(files).map(([path, text]) => ({ path, data: Buffer.from(text) }))
  const lines = blobs.map(({ path, data }) =>
    Buffer.concat([Buffer.from(`100644 ${path}\0`), Buffer.from(idOf('blob', data), 'hex')]),
  )
  const tree = Buffer.concat(lines)
  const who = 'A <a@b> 1700000000 +0000'
  const commit = Buffer.from(`tree ${idOf('tree', tree)}\nparent ${head}\nauthor ${who}\ncommitter ${who}\n\nx\n`)
  const objects = [
    ...blobs.map(({ data }) => ({ type: 'blob' as const, data })),
    { type: 'tree' as const, data: tree },
    { type: 'commit' as const, data: commit },
  ]
  return { id: idOf('commit', commit), pack: pack(objects) }
}

function pointer(size: number): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`
}

async function pushed(files: Record<string, string>, branch: string): Promise<string> {
  const made = commitOf(files)
  const ref = `refs/heads/${branch}`
  const { body } = await push(Buffer.concat([commands([{ from: none, to: made.id, ref }]), made.pack]))
  return String(body)
}

test('a pointer says the size that its object has', async () => {
  await upload()
  assert.match(await pushed({ 'a.bin': pointer(bytes.length) }, 'right'), /ok refs\/heads\/right/)
  assert.match(await pushed({ 'a.bin': pointer(bytes.length - 1) }, 'short'), /ng refs\/heads\/short/)
  assert.match(await pushed({ 'a.bin': pointer(bytes.length), 'b.bin': pointer(3) }, 'both'), /ng refs\/heads\/both/)
})

test('a push of more references than one may move is refused before git sees it', async () => {
  const many = Array.from({ length: 30_000 }, (_, index) => ({
    from: none,
    to: head,
    ref: `refs/heads/many/of-these-names/${index}`,
  }))
  const { status, body } = await push(Buffer.concat([commands(many), pack([])]))
  assert.equal(status, 413)
  assert.match(body, /at most 10,000 references/)
})
