import Factory from '@adonisjs/lucid/factories'
import User from '#models/user'
import { uuid } from '#models/uuid'
import { inPages } from '#database/factories/in_pages'

/** The password of every user that this factory makes. */
export const FACTORY_PASSWORD = 'a password of the tests'

/** People who may sign in with `FACTORY_PASSWORD`. */
export const UserFactory = Factory.define(User, ({ faker }) => {
  const id = uuid()
  return {
    id,
    email: `person-${id.slice(-12)}@example.com`,
    fullName: inPages(faker.person.fullName()),
    password: FACTORY_PASSWORD,
  }
}).build()
