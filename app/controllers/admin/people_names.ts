import type { HttpContext } from '@adonisjs/core/http'
import { namesByEmail } from '#services/people/names_by_email'

/**
 * Lets this request's page call people by name where an e-mail address is stored: `personOf(address)`. Who has left, and what
 * is no person, keeps the stored word.
 */
export async function sharePeople({ membership, view }: HttpContext): Promise<void> {
  const names = await namesByEmail(membership.organizationId)
  view.share({ personOf: (address: string) => names.get(address) ?? address })
}
