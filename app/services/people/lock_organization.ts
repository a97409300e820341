import { run, type Work } from '#store/driver'

/** Makes changes of who belongs to this organization wait for each other, to the end of their transactions. */
export function* lockOrganization(organizationId: string): Work<void> {
  yield* run('UPDATE organizations SET slug = slug WHERE id = ?', [organizationId])
}
