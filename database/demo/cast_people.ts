import type { Stage } from '#database/demo/stage'
import type { Role } from '#models/membership'
import { UserService } from '#services/user_service'
import { run } from '#store/driver'

/** Somebody who can sign in. */
export interface DemoPerson {
  userId: string
  email: string
  name: string
  role: Role
}

/**
 * Makes the organizations and the people of the first, all with the same password. Who administers the first one
 * administers the second, too. The organizations exist since `since`.
 */
export async function makePeople(
  { people, driver, script, now }: Stage,
  { password, since }: { password: string; since: number }
): Promise<{ organizations: string[]; staff: DemoPerson[] }> {
  const users = new UserService()
  const organizations: string[] = []
  const staff: DemoPerson[] = []
  for (const wanted of script.organizations) {
    const made = await people.organizations.create(wanted, staff[0]?.userId ?? null)
    if (!made.ok) throw new Error(`The organization ${wanted.slug} could not be made`)
    if (organizations.push(made.id) > 1) continue
    for (const { email, name, role } of script.staff) {
      const created = await users.createUser({ organizationId: made.id, email, name, role, password })
      if (!created.ok) throw new Error(created.reason)
      staff.push({ userId: created.userId, email, name, role })
    }
  }
  await driver.transaction(() => run('UPDATE organizations SET created_at = ?t', [since]))
  // Memberships of the first organization are the older ones: a sign-in leads there.
  const [first] = organizations
  const older = 'UPDATE memberships SET created_at = ?t WHERE organization_id = ?'
  await driver.transaction(() => run(older, [Math.min(since, now), first]))
  return { organizations, staff }
}
