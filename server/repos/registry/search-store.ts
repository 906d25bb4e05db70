import { fold } from '../../../api/index.ts'
import type { Readable } from '../../access/lists.ts'
import type { Db } from '../../store/database.ts'
import { beginning, containing, foldedBeginning, foldedPattern, rowOf, sql } from '../../store/sql.ts'
import { ownedBy } from './lists-store.ts'
import type { RepoRow } from './store.ts'

// How many that hold the words are put in order, and how many repositories are looked at for some that may be read.
const mostOrdered = 500
const mostLookedAt = 2000

interface Search {
  words: string
  most: number
}

// Where no three letters or digits stand together the trigram index would be read as a whole.
function hasTrigrams(words: string): boolean {
  return /[a-z0-9]{3}/.test(fold(words))
}

// The answer to a search: what begins with the words, and what else was found.
function best({ words, most }: Search) {
  return sql`order by starts_with(lower(name), lower(${words}::text)) desc, length(name), id limit ${most}`
}

interface Found {
  name: string
  fullname: string
}

const isPerson = sql`state <> 'deleted' and state <> 'service'`

/** Finds people by a part of their user name or full name, those whose user name begins with it first. */
export async function searchPeople(db: Db, search: Search): Promise<Found[]> {
  const also = hasTrigrams(search.words)
    ? sql`where search like ${foldedPattern(search.words)} and ${isPerson} limit ${sql.lit(mostOrdered)}`
    : sql`where ${isPerson} and ${foldedBeginning('fold(fullname)', search.words)}
        order by fold(fullname) collate "C" limit ${search.most}`
  const { rows } = await sql<Found>`with named as materialized (
      select u.id, u.name, u.fullname from names n join ${rowOf('users', 'n.user_id')} u on u.state <> 'deleted'
      where n.current and n.user_id is not null and ${beginning('n.lower_name', search.words)}
      order by n.lower_name collate "C" limit ${search.most}),
    also as (select id, name, fullname from users ${also})
    select name, fullname from (select * from named union select * from also) found ${best(search)}`.execute(db)
  return rows
}

/** Finds organizations the same way. */
export async function searchOrganizations(db: Db, search: Search): Promise<Found[]> {
  const also = hasTrigrams(search.words)
    ? sql`where fold(name || ' ' || fullname) like ${foldedPattern(search.words)} and deleted_at is null limit ${sql.lit(mostOrdered)}`
    : sql`where deleted_at is null and ${foldedBeginning('fold(fullname)', search.words)}
        order by fold(fullname) collate "C" limit ${search.most}`
  const { rows } = await sql<Found>`with named as materialized (
      select o.id, o.name, o.fullname from names n join ${rowOf('organizations', 'n.org_id')} o on o.deleted_at is null
      where n.current and n.org_id is not null and ${beginning('n.lower_name', search.words)}
      order by n.lower_name collate "C" limit ${search.most}),
    also as (select id, name, fullname from organizations ${also})
    select name, fullname from (select * from named union select * from also) found ${best(search)}`.execute(db)
  return rows
}

type FoundRepo = Pick<RepoRow, 'type' | 'namespace' | 'name' | 'private' | 'gate'>

/** Finds repositories that the caller may read by a part of their name, those that begin with it first; with a slash those of one owner. */
export async function searchRepos(db: Db, readable: Readable, search: Search): Promise<FoundRepo[]> {
  const [, owner, rest] = search.words.match(/^([^/]*)\/(.*)$/) ?? []
  const words = rest ?? search.words
  const among = owner === undefined ? sql`` : ownedBy(owner)
  const named = sql`select ${searched} from (select * from repositories r where ${beginning('lower(name)', words)} ${among}
      order by lower(name) collate "C" limit ${sql.lit(mostLookedAt)}) r
    where ${readable.repos} order by lower(name) collate "C" limit ${search.most}`
  const also = sql`select ${searched} from (select * from repositories r where lower(name) like ${containing(words)} ${among}
      limit ${sql.lit(mostOrdered)}) r
    where ${readable.repos}`
  const found = hasTrigrams(words) ? sql`(${named}) union (${also})` : named
  const { rows } =
    await sql<FoundRepo>`select r.type, coalesce(o.name, u.name) as namespace, r.name, r.private, r.gate from (${found}) r
    left join ${rowOf('organizations', 'r.org_id')} o on true left join ${rowOf('users', 'r.user_id')} u on true
    order by starts_with(lower(r.name), lower(${words}::text)) desc, length(r.name), r.id limit ${search.most}`.execute(
      db,
    )
  return rows
}

const searched = sql`id, type, name, private, gate, org_id, user_id`
