import { createHash } from 'node:crypto'
import { hasAccounts, type AccountFilter, type HealthExpression } from '#services/account_list'
import { accountPage, accountsOf } from '#services/account_page'
import { decodePlace } from '#services/account_place'
import type { AccountSort } from '#services/account_sort'
import { attemptStrips } from '#services/account_strips'
import { expiringGrants } from '#services/expiring_grants'
import { healthCounts } from '#services/health_counts'
import type { ProviderFacts } from '#services/provider_facts'
import { accountRow, type AccountRow } from '#transformers/account_row'
import { expiringRow } from '#transformers/expiring_row'
import { idsIn } from '#validators/bulk_form'
import type { ListView } from '#validators/list_view'

interface Asked {
  organizationId: string
  asked: Record<string, unknown>
  filter: AccountFilter
  sort: AccountSort
  facts: ProviderFacts
  view: ListView
  now: number
}

/** A row of the page, or the place of one that is gone since. */
export type ShownRow = (AccountRow & { version: string }) | { id: string; gone: true }

/**
 * What the list shows. A poll names the accounts that are on the screen (`shown`): it gets those, in that order, and how
 * many would be others by now, so that nothing moves below a person's hand.
 */
export async function accountListFigures(input: Asked, health: HealthExpression) {
  const { organizationId, asked, filter, sort, facts, view, now } = input
  const counts = await healthCounts(organizationId, filter, health)
  const place = decodePlace(asked.cursor, sort)
  const page = await accountPage({ organizationId, filter, sort, place, health, counts })
  const polled = idsIn(asked.shown)
  const shown = polled.length > 0 ? polled : page.ids
  return {
    rows: await rowsOf(organizationId, shown, facts, view, now),
    changes: changesBetween(shown, page.ids),
    counts,
    expiring: expiringRow(await expiringGrants(organizationId, now)),
    accountsExist: counts.total > 0 || (await hasAccounts(organizationId)),
    next: page.next,
    previous: page.previous,
    isPlaced: place !== null,
    sort,
  }
}

async function rowsOf(
  organizationId: string,
  ids: readonly string[],
  facts: ProviderFacts,
  view: ListView,
  now: number
): Promise<ShownRow[]> {
  const accounts = new Map((await accountsOf(organizationId, ids)).map((one) => [one.id, one]))
  const strips = await attemptStrips(view.columns.strip || view.columns.last ? ids : [])
  return ids.map((id) => {
    const account = accounts.get(id)
    if (!account) return { id, gone: true }
    const row = accountRow(account, facts, strips.get(id) ?? null, now)
    return { ...row, version: versionOf(row) }
  })
}

/** Alike as long as the row shows the same: a poll leaves it in place then, with whatever somebody does in it. */
function versionOf(row: AccountRow): string {
  return createHash('sha256').update(JSON.stringify(row)).digest('base64url').slice(0, 12)
}

/** How many rows would be different if the page were asked for anew: those that came or left, and those that moved. */
export function changesBetween(shown: readonly string[], now: readonly string[]): number {
  const [before, after] = [new Set(shown), new Set(now)]
  const stayed = shown.filter((id) => after.has(id))
  const order = now.filter((id) => before.has(id))
  const moved = stayed.filter((id, index) => id !== order[index]).length
  return Math.max(shown.length - stayed.length, now.length - stayed.length) + moved
}
