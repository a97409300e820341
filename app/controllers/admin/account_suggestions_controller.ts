import type { HttpContext } from '@adonisjs/core/http'
import { knownValues } from '#services/account_filter/known_values'
import {
  qualifierAtEnd,
  STATUS_WORDS,
  suggestions,
  TIMES,
  type Values,
} from '#services/account_filter/suggestions'
import { HEALTH_WORDS } from '#services/connection_health'
import { loadProviderScope } from '#services/load_provider_facts'

const LONGEST = 1_000

/** What the search of the list could go on with: a piece of a page, for the script at the field. */
export default class AccountSuggestionsController {
  async index({ membership, request, response, view }: HttpContext) {
    const { organizationId } = membership
    const text = String(request.input('q') ?? '')
      .replaceAll('\0', '')
      .slice(0, LONGEST)
    const scope = await loadProviderScope(organizationId)
    const qualifier = qualifierAtEnd(text)
    const looked = qualifier ? await knownValues(organizationId, qualifier) : []
    const values: Values = (name) => {
      if (name === 'provider') return scope.all().map(({ id }) => id)
      if (name === 'status') return STATUS_WORDS
      if (name === 'health') return HEALTH_WORDS
      return name === 'expires' || name === 'grant' ? TIMES[name] : looked
    }
    response.header('Cache-Control', 'no-store')
    return view.render('components/accounts/suggestions', { found: suggestions(text, values) })
  }
}
