import type { leaving } from '../../api/index.ts'
import type { Db, Tx } from '../store/database.ts'

/** A person, and the organization in which they hold something; without one: everywhere. */
export interface Holder {
  userId: string
  orgId?: string
}

/** A person in one organization. */
export type HolderIn = Required<Holder>

/** How a person stops belonging; every end of a membership is a removal. Offboarding is not here: it ends everything. */
export type WayOut = 'removal' | 'account deletion'

/** One kind of thing that people can hold of an organization, declared by the room whose tables keep it. */
export interface Holding<Item> {
  /** The columns that name the holder, as `table.column`. */
  columns: readonly `${string}.${string}`[]
  /**
   * Which ways out end it; what is not ended is named as what remains. What a removal ends, the database ends with the
   * membership, so that no way out can forget it.
   */
  endsWith: readonly WayOut[]
  /** What the person holds of one organization at this moment. */
  list(db: Db, holder: HolderIn, at: Date): Promise<Item[]>
  /** Locks what others may be about to revoke or resend; called when accounts and memberships are locked. */
  hold?(tx: Tx, holder: Holder, at: Date): Promise<void>
  /** Ends it. Missing where the database ends it together with the membership. */
  end?(tx: Tx, holder: Holder, at: Date): Promise<void>
  /** Makes it another member's. */
  handOver?(tx: Tx, holder: HolderIn, heirId: string, at: Date): Promise<void>
}

type Has = leaving.Holdings

/** One thing of a kind. */
type ItemOf<Kind extends keyof Has> = Has[Kind] extends readonly (infer Item)[] ? Item : NonNullable<Has[Kind]>

/** Every kind of thing that offboarding lists, with what it does about it. */
export type HoldingsByKind = { readonly [Kind in keyof Has]: Holding<ItemOf<Kind>> }

/** What a person holds of an organization, and how many of each kind a way out ends and leaves. */
export interface Stock {
  has: Has
  ended: Record<string, number>
  remaining: Record<string, number>
}

/** All holdings together, for the rooms that stand below the list of them. */
export interface Holdings {
  takeStock(db: Db, holder: HolderIn, way: WayOut): Promise<Stock>
  /** Locks what others may be about to revoke or resend; call it when accounts and memberships are locked. */
  hold(tx: Tx, holder: Holder): Promise<void>
  /** Ends what a way out ends, the membership itself aside. */
  end(tx: Tx, holder: Holder, way: WayOut): Promise<void>
}
