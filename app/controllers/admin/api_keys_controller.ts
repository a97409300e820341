import type { HttpContext } from '@adonisjs/core/http'
import { apiKeysOf, keyOf, makerOf, programPage, showKeyOnce } from '#controllers/admin/program_page'
import { refuse, refusedForm } from '#controllers/notifications/form_answers'
import { ABILITIES, type Ability } from '#services/api_keys/abilities'
import { abilityKey, apiKeyRow } from '#transformers/api_key_row'
import { EXPIRIES, NEW_KEY, readApiKeyForm, type ApiKeyForm } from '#validators/api_key_form'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'api_key.refused'

/** The keys of an organization's programs: whoever may see its accounts sees them, operators and admins make them. */
export default class ApiKeysController {
  async index(ctx: HttpContext) {
    const now = Date.now()
    const keys = await apiKeysOf(ctx)
    const rows = (await keys.list(ctx.membership.organizationId)).map((key) => apiKeyRow(key, now))
    const [good, over] = [rows.filter(({ isGood }) => isGood), rows.filter(({ isGood }) => !isGood)]
    return programPage(ctx, { page: 'keys', tab: 'keys', good, over, now })
  }

  async show(ctx: HttpContext) {
    const now = Date.now()
    return programPage(ctx, { page: 'key', tab: 'keys', row: apiKeyRow(await keyOf(ctx), now), now })
  }

  async create(ctx: HttpContext) {
    const refused = refusedForm<ApiKeyForm>(ctx, REFUSED)
    return programPage(ctx, {
      ...{ page: 'new_key', tab: 'keys', groups: abilityGroups(), expiries: EXPIRIES },
      values: refused?.values ?? NEW_KEY,
      problems: refused?.problems ?? {},
    })
  }

  async store(ctx: HttpContext) {
    const timeZone = ctx.auth.use('web').getUserOrFail().timeZone ?? 'UTC'
    const form = readApiKeyForm(ctx.request.body(), { now: Date.now(), timeZone })
    if (!form.ok) {
      const problems = Object.entries(form.problems).map(([field, code]) => {
        return { field, message: ctx.i18n.t(`programs.problem.${code}`) }
      })
      return refuse(ctx, '/api-keys/new', { name: REFUSED, values: form.values, problems })
    }
    const { organizationId } = ctx.membership
    const keys = await apiKeysOf(ctx)
    const made = await keys.create({ organizationId, ...form.input, createdBy: makerOf(ctx) })
    ctx.audit?.about({ id: made.apiKey.id })
    return showKeyOnce(ctx, made)
  }
}

/** The abilities by what they are about, in the order of the table. */
function abilityGroups() {
  const all = Object.keys(ABILITIES) as Ability[]
  const subjects = [...new Set(all.map((ability) => ability.split(':')[0]))]
  return subjects.map((subject) => ({
    subject,
    abilities: all
      .filter((ability) => ability.startsWith(`${subject}:`))
      .map((value) => ({ value, key: abilityKey(value) })),
  }))
}
