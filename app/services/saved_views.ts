import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import { uuid } from '#models/uuid'

/** A selection of the list that a person keeps; `query` is what stands behind the `?` of its address. */
export interface KeptView {
  id: string
  name: string
  query: string
}

/** Whose views these are: each person has own ones in each organization. */
export interface Keeper {
  organizationId: string
  userId: string
}

/** `taken`: another view has this name. `many`: there are `MOST_VIEWS` already. `gone`: there is no such view. */
export type Kept = { ok: true; view: KeptView } | { ok: false; reason: 'taken' | 'many' | 'gone' }

export const MOST_VIEWS = 20
export const LONGEST_NAME = 64

/** The views of a person, by name. */
export async function keptViews(keeper: Keeper): Promise<KeptView[]> {
  return own(keeper).orderBy('name').orderBy('id').select('id', 'name', 'query')
}

/** Keeps a view under a name that none of the person's others has. */
export async function keepView(keeper: Keeper, view: Omit<KeptView, 'id'>): Promise<Kept> {
  const [{ total }] = await own(keeper).count('* as total')
  if (Number(total) >= MOST_VIEWS) return { ok: false, reason: 'many' }
  const row = { id: uuid(), ...view }
  const isNew = await unlessTaken(() =>
    db.table('saved_views').insert({
      ...{ ...row, organization_id: keeper.organizationId, user_id: keeper.userId },
      created_at: toInstant(Date.now()),
    })
  )
  return isNew ? { ok: true, view: row } : { ok: false, reason: 'taken' }
}

/** Gives a view another name. */
export async function renameView(keeper: Keeper, id: string, name: string): Promise<Kept> {
  const view = await keptView(keeper, id)
  if (!view) return { ok: false, reason: 'gone' }
  const isFree = await unlessTaken(() => own(keeper).where('id', id).update({ name }))
  return isFree ? { ok: true, view: { ...view, name } } : { ok: false, reason: 'taken' }
}

/** Forgets a view; null where there is none. */
export async function forgetView(keeper: Keeper, id: string): Promise<KeptView | null> {
  const view = await keptView(keeper, id)
  if (view) await own(keeper).where('id', id).delete()
  return view
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** A view of this person; null for any other. */
export async function keptView(keeper: Keeper, id: string): Promise<KeptView | null> {
  if (!UUID.test(id)) return null
  return (await own(keeper).where('id', id).select('id', 'name', 'query').first()) ?? null
}

function own({ organizationId, userId }: Keeper) {
  return db.from('saved_views').where({ organization_id: organizationId, user_id: userId })
}

/** The unique index decides, also between two windows of the same person. */
async function unlessTaken(write: () => PromiseLike<unknown>): Promise<boolean> {
  try {
    await write()
    return true
  } catch (error) {
    const code = String((error as { code?: string }).code)
    if (code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE') return false
    throw error
  }
}
