import Fastify from 'fastify'
import pg from 'pg'

// The least a route with one prepared query can cost in this stack: what the hub's own figures are held against.
const pool = new pg.Pool({ connectionString: process.argv[2], max: 16 })
const app = Fastify()
app.get('/', async () => {
  const { rows } = await pool.query({ name: 'one', text: 'select 1 as one' })
  return rows[0]
})
await app.listen({ host: '127.0.0.1', port: Number(process.argv[3]) })
process.stdout.write('ready\n')
