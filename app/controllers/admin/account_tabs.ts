import type { HttpContext } from '@adonisjs/core/http'
import type Connection from '#models/connection'
import type RefreshAttempt from '#models/refresh_attempt'
import type { Provider } from '#oauth/types'
import { mayAct, mayEnter } from '#policies/roles'
import { decodeCursor } from '#services/account_cursor'
import { stateMarks, stateSpans } from '#services/account_states'
import { accountTimeline, lastArrival } from '#services/account_timeline'
import type { Audit } from '#services/audit/build_audit'
import type { Health } from '#services/connection_health'
import { tokenHost } from '#transformers/token_host'
import { millis } from '#transformers/account_facts'
import { arrivalRow, byDay, happeningRows, type PlannedRetry } from '#transformers/account_happening'
import { accountSettings } from '#transformers/account_settings'
import { accountStrip, STRIP_SPANS, stripSpan } from '#transformers/account_strip'
import { attemptRow } from '#transformers/attempt_row'
import { callRows } from '#transformers/call_row'

export const ACCOUNT_TABS = ['overview', 'timeline', 'calls', 'settings'] as const
export type AccountTab = (typeof ACCOUNT_TABS)[number]

/** How many refreshes the overview shows; the tab of calls shows the rest. */
const NEWEST = 10

interface Look {
  connection: Connection
  /** The newest entries of the refresh log. */
  attempts: readonly RefreshAttempt[]
  health: Health
  /** When it is refreshed next, as far as its provider lets it. */
  nextAt: number | null
  provider: Provider | null
  now: number
}

/** What a tab shows beside the account. `moving` changes by itself, so that it is no news to a poll. */
interface TabFigures {
  figures: Record<string, unknown>
  moving: Record<string, unknown>
}

/** The tab that a query names; the overview for anything else. */
export function accountTab(value: unknown): AccountTab {
  return ACCOUNT_TABS.find((tab) => tab === value) ?? 'overview'
}

/** Reads what this tab needs, and nothing for the others. */
export async function tabFigures(ctx: HttpContext, tab: AccountTab, look: Look): Promise<TabFigures> {
  const { connection, attempts, provider } = look
  switch (tab) {
    case 'overview':
      return still({
        ...{ attempts: attempts.slice(0, NEWEST).map(attemptRow), notes: connection.notes },
        connectedBy: await connectedBy(ctx, connection),
      })
    case 'timeline':
      return timeline(ctx, look)
    case 'calls':
      return still({ calls: calls(attempts, provider, mayAct(ctx.membership.role)) })
    case 'settings':
      return still({ settings: accountSettings(connection, provider) })
  }
}

/** Who brought the account, for people who may read the trail. */
async function connectedBy(ctx: HttpContext, connection: Connection) {
  if (!mayEnter(ctx.membership.role, 'audit')) return null
  const { log }: Audit = await ctx.containerResolver.make('audit')
  const entry = await lastArrival(log, connection)
  return entry && arrivalRow(entry, ctx.i18n.t.bind(ctx.i18n))
}

function calls(attempts: Look['attempts'], provider: Provider | null, mayRead: boolean) {
  const host = tokenHost(provider)
  return attempts.flatMap((attempt) => callRows(attempt, host, mayRead))
}

const still = (figures: Record<string, unknown>): TabFigures => ({ figures, moving: {} })

/** What the newest attempt of an account waits for, where it failed and is tried again. */
function plannedRetry({ connection, attempts, nextAt }: Look): PlannedRetry | null {
  // A rehearsal changes nothing.
  const newest = attempts.find(({ kind }) => kind !== 'test')
  const { pausedAt, isActive, retryCount } = connection
  if (newest?.outcome !== 'failed' || nextAt === null || pausedAt || !isActive) return null
  return { attemptId: newest.id, count: retryCount, at: nextAt }
}

async function timeline(ctx: HttpContext, look: Look): Promise<TabFigures> {
  const { connection, health, provider, now } = look
  const { role } = ctx.membership
  const t = ctx.i18n.t.bind(ctx.i18n)
  const { log, handOuts }: Audit = await ctx.containerResolver.make('audit')
  await handOuts.flush()
  const query = ctx.request.qs()
  const cursor = decodeCursor(query.cursor)
  const page = await accountTimeline(connection, { audit: mayEnter(role, 'audit') ? log : null, cursor })
  const reader = {
    ...{ t, words: ctx.words, mayAct: mayAct(role), now },
    ...{ retry: plannedRetry(look), strikes: provider?.refresh.strikes ?? null },
  }
  const span = stripSpan(query.span)
  const from = now - STRIP_SPANS[span]
  const condition = {
    connectedAt: millis(connection.connectedAt),
    grantedAt: millis(connection.grantedAt),
    pausedAt: millis(connection.pausedAt),
    health,
  }
  const spans = stateSpans(await stateMarks(connection, from), condition, { from, to: now })
  return {
    figures: {
      days: byDay(page.items.flatMap((one) => happeningRows(one, reader))),
      ...{ next: page.next, isOlder: cursor !== null, span, spans: Object.keys(STRIP_SPANS) },
    },
    moving: { strip: accountStrip(spans, t, ctx.words), from },
  }
}
