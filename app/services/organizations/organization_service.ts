import { uuid } from '#models/uuid'
import { isFitName } from '#services/people/person_rules'
import type { PeopleDependencies } from '#services/people/types'
import { run, type Row, type Work } from '#store/driver'

/** A tenant with its size, for whoever runs the installation. Instants are milliseconds. */
export interface OrganizationFigures {
  id: string
  slug: string
  name: string
  createdAt: number
  members: number
  connections: number
}

export type OrganizationProblems = Partial<Record<'name' | 'slug', 'bad_name' | 'bad_slug' | 'slug_taken'>>
export type NewOrganization =
  { ok: true; id: string; slug: string } | { ok: false; problems: OrganizationProblems }

const SLUG = /^[a-z0-9]+(-[a-z0-9]+)*$/
const LONGEST_SLUG = 64

/** Values: id, slug, name, now. */
const INSERT = `INSERT INTO organizations (id, slug, name, created_at) VALUES (?, ?, ?, ?t)
  ON CONFLICT (slug) DO NOTHING`
/** Values: organization, person, now. */
const INSERT_ADMIN = `INSERT INTO memberships (organization_id, user_id, role, created_at) VALUES (?, ?, 'admin', ?t)`
const RENAME = 'UPDATE organizations SET name = ? WHERE id = ?'
const LIST = `SELECT o.id, o.slug, o.name, o.created_at,
  (SELECT count(*) FROM memberships AS m WHERE m.organization_id = o.id) AS members,
  (SELECT count(*) FROM connections AS c WHERE c.organization_id = o.id) AS connections
  FROM organizations AS o ORDER BY o.slug`

/** The tenants of an installation. */
export class OrganizationService {
  constructor(private readonly deps: PeopleDependencies) {}

  /** Makes an organization; the person who makes it becomes its admin. Null: nobody is in it yet. */
  async create(input: { name: string; slug: string }, adminId: string | null): Promise<NewOrganization> {
    const [name, slug] = [input.name.trim(), input.slug.trim().toLowerCase()]
    const problems: OrganizationProblems = {}
    if (name === '' || !isFitName(name)) problems.name = 'bad_name'
    if (slug.length > LONGEST_SLUG || !SLUG.test(slug)) problems.slug = 'bad_slug'
    if (Object.keys(problems).length > 0) return { ok: false, problems }
    const now = this.deps.clock.now()
    const id = uuid(now)
    const isMade = await this.deps.driver.transaction(function* (): Work<boolean> {
      if ((yield* run(INSERT, [id, slug, name, now])) === 0) return false
      if (adminId !== null) yield* run(INSERT_ADMIN, [id, adminId, now])
      return true
    })
    return isMade ? { ok: true, id, slug } : { ok: false, problems: { slug: 'slug_taken' } }
  }

  /** The problem, or null where the name is stored. */
  async rename(organizationId: string, written: string): Promise<'bad_name' | null> {
    const name = written.trim()
    if (name === '' || !isFitName(name)) return 'bad_name'
    await this.deps.driver.transaction(() => run(RENAME, [name, organizationId]))
    return null
  }

  /** All of them, by slug. */
  async list(): Promise<OrganizationFigures[]> {
    return (await this.deps.driver.read(LIST, [])).map(toFigures)
  }
}

function toFigures(row: Row): OrganizationFigures {
  return {
    id: row.id as string,
    slug: row.slug as string,
    name: row.name as string,
    createdAt: Number(row.created_at),
    members: Number(row.members),
    connections: Number(row.connections),
  }
}
