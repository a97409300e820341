import db from '@adonisjs/lucid/services/db'

/** How the people of an organization are called, by e-mail address; those who gave no name are left out. */
export async function namesByEmail(organizationId: string): Promise<ReadonlyMap<string, string>> {
  const rows = await db
    .from('memberships')
    .join('users', 'users.id', 'memberships.user_id')
    .where('memberships.organization_id', organizationId)
    .whereNotNull('users.full_name')
    .select('users.email', 'users.full_name')
  return new Map(rows.map((row) => [row.email as string, row.full_name as string]))
}
