import { randomInt } from 'node:crypto'
import hash from '@adonisjs/core/services/hash'
import db from '@adonisjs/lucid/services/db'
import type { TransactionClientContract } from '@adonisjs/lucid/types/database'
import { toInstant } from '#models/columns'
import { ROLES, type Role } from '#models/membership'
import { uuid } from '#models/uuid'
import {
  addressOf,
  isAddress,
  isFitName,
  LONGEST_PASSWORD,
  passwordProblem,
  SHORTEST_PASSWORD,
} from '#services/people/person_rules'
import { writeTransaction } from '#services/write_transaction'

export interface NewUser {
  organizationId: string
  email: string
  password: string
  role: string
  name?: string | null
}

export type CreatedUser =
  { ok: true; userId: string; email: string; role: Role } | { ok: false; reason: string }

/** The people who sign in. */
export class UserService {
  /** Makes a person and their membership. What an operator got wrong comes back as a sentence. */
  async createUser(input: NewUser): Promise<CreatedUser> {
    const email = addressOf(input.email)
    const problem = problemWith(email, input)
    if (problem) return { ok: false, reason: problem }
    const user = { id: uuid(), email, name: input.name?.trim() || null, role: input.role as Role }
    const password = await hash.use('scrypt').make(input.password)
    const taken = { ok: false as const, reason: `There is a user with the e-mail address ${email} already.` }
    if (await db.from('users').where('email', email).select('id').first()) return taken
    try {
      await writeTransaction((trx) => insertUser(trx, input.organizationId, { ...user, password }))
    } catch (error) {
      if (isTaken(error)) return taken
      throw error
    }
    return { ok: true, userId: user.id, email, role: user.role }
  }

  /** The id of whoever signs in with this address; null for nobody. */
  async findByEmail(email: string): Promise<string | null> {
    const found = await db.from('users').where('email', addressOf(email)).select('id').first()
    return found?.id ?? null
  }
}

/** Twenty letters and digits, none of which looks like another: 114 bits. */
export function randomPassword(): string {
  return Array.from({ length: 20 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'

function problemWith(email: string, { password, role, name }: NewUser): string | null {
  if (!isAddress(email)) return 'This is not an e-mail address.'
  if (!ROLES.includes(role as Role)) return `There is no role "${role}". The roles: ${ROLES.join(', ')}.`
  const unfit = passwordProblem(password)
  if (unfit === 'too_short') return `A password needs at least ${SHORTEST_PASSWORD} characters.`
  if (unfit === 'too_long') return `A password has at most ${LONGEST_PASSWORD} characters.`
  return name && !isFitName(name) ? 'A name has at most 255 ordinary characters.' : null
}

interface HashedUser {
  id: string
  email: string
  name: string | null
  role: Role
  password: string
}

async function insertUser(trx: TransactionClientContract, organizationId: string, user: HashedUser) {
  const { id, email, name, password, role } = user
  const now = toInstant(Date.now())
  await trx.table('users').insert({ id, email, full_name: name, password, created_at: now, updated_at: now })
  await trx
    .table('memberships')
    .insert({ organization_id: organizationId, user_id: id, role, created_at: now })
}

function isTaken(error: unknown): boolean {
  const code = error instanceof Error ? (error as Error & { code?: string }).code : undefined
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE'
}

export default new UserService()
