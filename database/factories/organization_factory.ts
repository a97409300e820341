import Factory from '@adonisjs/lucid/factories'
import Organization from '#models/organization'
import { uuid } from '#models/uuid'
import { inPages } from '#database/factories/in_pages'

/** Organizations with slugs that never collide. */
export const OrganizationFactory = Factory.define(Organization, ({ faker }) => {
  const id = uuid()
  return { id, slug: `org-${id.slice(-12)}`, name: inPages(faker.company.name()) }
}).build()
