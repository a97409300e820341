import type { Role } from '#models/membership'
import type { Clock } from '#oauth/types'
import type { StoreDriver } from '#store/driver'

/** What every service about people stands on. */
export interface PeopleDependencies {
  driver: StoreDriver
  clock: Pick<Clock, 'now'>
}

/** Turns passwords into what is stored, and compares them (scrypt). */
export interface PasswordHash {
  make(password: string): Promise<string>
  verify(hashed: string, password: string): Promise<boolean>
}

/** A person's place in an organization. */
export interface Place {
  organizationId: string
  userId: string
}

/** Somebody in an organization, as lists show them. Instants are milliseconds. */
export interface Member {
  userId: string
  email: string
  name: string | null
  role: Role
  joinedAt: number
  hasTwoFactor: boolean
}
