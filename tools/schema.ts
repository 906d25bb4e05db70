import type { Db } from '../server/store/database.ts'
import { sql } from '../server/store/sql.ts'
import { page, table } from './markdown.ts'

interface Column {
  table: string
  about: string | null
  column: string
  type: string
  needed: boolean
  fallback: string | null
  refers: string | null
  meaning: string | null
}

/** The page of the reference about the tables, from the comments that stand in the migrations. */
export async function schemaPage(db: Db): Promise<string> {
  const columns = await readColumns(db)
  const tables = [...new Set(columns.map((column) => column.table))]
  const parts = tables.flatMap((name) => {
    const own = columns.filter((column) => column.table === name)
    return [
      `## ${name}`,
      own[0]?.about ?? '',
      table(['Column', 'Type', 'Nullable', 'Default', 'References', 'Description'], own.map(cells)),
    ]
  })
  return page('Database schema', [
    'Guildhall stores its data in these PostgreSQL tables, in the schema `public`.',
    ...parts.filter(Boolean),
  ])
}

function cells({ column, type, needed, fallback, refers, meaning }: Column): string[] {
  return [
    `\`${column}\``,
    type,
    needed ? '' : 'allowed',
    fallback === null ? '' : `\`${fallback}\``,
    refers ?? '',
    meaning ?? '',
  ]
}

async function readColumns(db: Db): Promise<Column[]> {
  const { rows } = await sql<Column>`
    select c.relname as table, obj_description(c.oid) as about, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as needed,
      case when a.attgenerated = '' and a.attidentity = '' then pg_get_expr(d.adbin, d.adrelid) else 'generated' end as fallback,
      (select string_agg(distinct f.confrelid::regclass::text, ', ') from pg_constraint f
        where f.conrelid = c.oid and f.contype = 'f' and a.attnum = any(f.conkey)) as refers,
      col_description(c.oid, a.attnum) as meaning
    from pg_class c
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    order by c.relname, a.attnum`.execute(db)
  return rows
}
