import { errors, type HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import { loadProviderFacts, loadProviderScope } from '#services/load_provider_facts'
import { decodeCursor } from '#services/account_cursor'
import {
  accountPage,
  hasAccounts,
  healthExpression,
  lastAttempts,
  type AccountFilter,
} from '#services/account_list'
import dashboard from '#services/dashboard_service'
import { expiringGrants } from '#services/expiring_grants'
import { healthCounts } from '#services/health_counts'
import { accountDetail } from '#transformers/account_detail'
import { accountLinks } from '#transformers/account_links'
import { filterChips } from '#transformers/filter_chips'
import { accountRow } from '#transformers/account_row'
import { expiringRow } from '#transformers/expiring_row'
import { attemptRow } from '#transformers/attempt_row'
import { accountFilter } from '#validators/account_filter'

/** A rehearsal says nothing about the account's condition. */
const isReal = ({ kind }: { kind: string }) => kind !== 'test'

/** The list of accounts and the page of one account. */
export default class AccountsController {
  /** An empty field of the filter form is no filter, and stays out of the URL. */
  async index(ctx: HttpContext) {
    const scope = await loadProviderScope(ctx.membership.organizationId)
    const filter = accountFilter(ctx.request.qs(), scope)
    const links = accountLinks(filter)
    if (Object.values(ctx.request.qs()).includes('')) return ctx.response.redirect().toPath(links.to({}))
    const now = Date.now()
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    const figures = await this.#figures(ctx, filter, facts, now)
    const providers = facts.providers.map(({ id, name }) => ({ id, name }))
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/accounts/index', {
      ...figures,
      now,
      filter,
      chips: filterChips(filter, facts, links),
      providers,
      connectable: facts.providers
        .filter(({ client }) => client !== null)
        .map(({ id }) => ({ id, ...facts.look(id) })),
      links,
    })
  }

  async show(ctx: HttpContext) {
    const connection = await dashboard.connection(ctx.membership.organizationId, ctx.params.id)
    if (!connection) throw new errors.E_ROUTE_NOT_FOUND([ctx.request.method(), ctx.request.url()])
    const now = Date.now()
    const facts = await loadProviderFacts(ctx.membership.organizationId)
    const attempts = await dashboard.attempts(connection)
    const owner = await dashboard.ownerName(connection)
    const figures = {
      account: accountDetail(connection, { facts, now, owner, newest: attempts.find(isReal) ?? null }),
      attempts: attempts.map(attemptRow),
    }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/accounts/show', { ...figures, now })
  }

  async #figures(
    ctx: HttpContext,
    filter: AccountFilter,
    facts: Awaited<ReturnType<typeof loadProviderFacts>>,
    now: number
  ) {
    const organizationId = ctx.membership.organizationId
    const health = healthExpression(facts, now)
    const page = await accountPage(organizationId, filter, decodeCursor(ctx.request.input('cursor')), health)
    const last = await lastAttempts(page.connections.map(({ id }) => id))
    const counts = await healthCounts(organizationId, filter, health)
    return {
      rows: page.connections.map((one) => accountRow(one, facts, last.get(one.id) ?? null, now)),
      counts,
      expiring: expiringRow(await expiringGrants(organizationId, now)),
      accountsExist: counts.total > 0 || (await hasAccounts(organizationId)),
      next: page.next,
      previous: page.previous,
    }
  }
}
