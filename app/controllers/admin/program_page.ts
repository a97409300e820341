import type { HttpContext } from '@adonisjs/core/http'
import { sharePeople } from '#controllers/admin/people_names'
import { notFound } from '#controllers/notifications/form_answers'
import type { ApiKey } from '#services/api_keys/api_key'
import type { ApiKeyService, MadeKey } from '#services/api_keys/api_key_service'
import { appUrl } from '#config/app'
import { apiExample } from '#transformers/api_example'
import { abilityKey } from '#transformers/api_key_row'
import { programTabs, type ProgramTab } from '#transformers/program_tabs'

/** Renders a page about programs under its tab. */
export async function programPage(
  ctx: HttpContext,
  { page, tab, ...rest }: { page: string; tab: ProgramTab } & Record<string, unknown>
): Promise<string> {
  const { membership, view } = ctx
  await sharePeople(ctx)
  return view.render(`pages/programs/${page}`, { tabs: programTabs(membership.role), tab, ...rest })
}

export function apiKeysOf({ containerResolver }: HttpContext): Promise<ApiKeyService> {
  return containerResolver.make('apiKeys')
}

/** A key of this organization; every other one is not found. */
export async function keyOf(ctx: HttpContext): Promise<ApiKey> {
  const keys = await apiKeysOf(ctx)
  const found = await keys.find(ctx.membership.organizationId, ctx.params.id)
  if (!found) throw notFound(ctx)
  return found
}

/** Who made a key, as lists name them: keys outlive the people who made them. */
export function makerOf({ auth }: HttpContext): string {
  return auth.use('web').getUserOrFail().email
}

/** The answer to the form itself holds the key, so that no session and no cache ever does. */
export function showKeyOnce(ctx: HttpContext, { apiKey, key }: MadeKey, replaced: ApiKey | null = null) {
  ctx.response.header('Cache-Control', 'no-store')
  const { id, name, abilities, expiresAt } = apiKey
  return programPage(ctx, {
    ...{ page: 'made', tab: 'keys', key: key.reveal(), replaced, now: Date.now() },
    made: { id, name, expiresAt, abilities: abilities.map(abilityKey) },
    example: apiExample(abilities, appUrl),
  })
}
