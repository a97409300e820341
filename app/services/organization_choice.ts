import db from '@adonisjs/lucid/services/db'
import { toInstant } from '#models/columns'
import Organization from '#models/organization'
import { uuid } from '#models/uuid'

/** Why it is not known which organization is meant: as a sentence, and in parts for other languages. */
export interface NoOrganization {
  ok: false
  reason: string
  code: 'unknown' | 'several'
  values: { name: string; known: string }
}

export type Choice<T> = { ok: true; organization: T } | NoOrganization

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const LISTED = 20

/** The organization that is meant: the named one (slug or id), else the only one. Pure. */
export function pickOrganization<T extends { id: string; slug: string }>(
  all: readonly T[],
  wanted: string | undefined
): Choice<T> {
  const slugs = all.map(({ slug }) => slug)
  const list = [...slugs.slice(0, LISTED), ...(slugs.length > LISTED ? ['…'] : [])].join(', ')
  if (wanted !== undefined) {
    const id = UUID.test(wanted) ? wanted.toLowerCase() : null
    const organization = all.find((one) => one.slug === wanted || one.id === id)
    if (organization) return { ok: true, organization }
    const reason = `There is no organization "${wanted}". These exist: ${list}.`
    return { ok: false, reason, code: 'unknown', values: { name: wanted, known: list } }
  }
  if (all.length === 1) return { ok: true, organization: all[0] }
  const reason = `There are several organizations; name one with --organization: ${list}.`
  return { ok: false, reason, code: 'several', values: { name: '', known: list } }
}

/** Finds the organization for a command. Where there is none at all yet, it makes "Main". */
export async function chooseOrganization(wanted: string | undefined): Promise<Choice<Organization>> {
  let all = await Organization.query().orderBy('slug')
  if (all.length === 0) {
    await ensureMainOrganization()
    all = await Organization.query().orderBy('slug')
  }
  return pickOrganization(all, wanted)
}

/** Makes the organization "Main" unless its slug is taken; two processes at once make one. */
async function ensureMainOrganization(): Promise<void> {
  const main = { id: uuid(), slug: 'main', name: 'Main', created_at: toInstant(Date.now()) }
  await db.knexQuery().table('organizations').insert(main).onConflict('slug').ignore()
}
