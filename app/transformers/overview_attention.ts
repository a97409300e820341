import type Connection from '#models/connection'
import { asFacts, SHOWN, GROUPED_FROM, type Attention } from '#services/overview/attention'
import { needsPerson, type Health } from '#services/connection_health'
import { DEADLINE_SOON } from '#services/deadline_warnings'
import { printAccountFilter } from '#services/account_filter/print_filter'
import type { Term } from '#services/account_filter/account_filter'
import type { Trouble } from '#services/overview/overview_figures'
import type { ProviderFacts } from '#services/provider_facts'
import { millis } from '#transformers/account_facts'
import { accountName } from '#transformers/account_name'
import { knownTrouble } from '#transformers/known_trouble'
import type { Translate } from '#transformers/translate'

/** One line of what needs somebody. Instants are milliseconds. */
export interface AttentionRow {
  key: string
  tone: Health
  title: string
  /** What the pill says instead of the health word. */
  pill?: { label: string; icon: string }
  /** The title is somebody's name, not a sentence of ours. */
  isName: boolean
  href: string
  provider: { name: string; icon: string | null }
  cause: string
  since: number | null
  /** The end of the grant, where it is near. */
  deadline: number | null
  /** `acts`: it changes something, which not every role may. */
  act: { href: string; label: string; icon: string; method: 'get' | 'post'; acts?: true }
}

interface Input {
  attention: Attention
  facts: ProviderFacts
  now: number
  t: Translate
}

/** The reasons that the catalogues have words for. */
const CAUSES = new Set([
  ...['rejected', 'unknown', 'not_sent', 'unavailable', 'rate_limited', 'configuration', 'ambiguous'],
  ...['lost_answer', 'page_gone', 'suspended', 'locked', 'unreadable', 'disconnected', 'inactive'],
])

/** At most eight lines, the most urgent first, and whether there is more. */
export function overviewAttention(input: Input): { rows: AttentionRow[]; more: boolean } {
  const { gates, groups, accounts } = input.attention
  const [personGroups, waitingGroups] = split(groups, (group) => needsPerson(asFacts(group)))
  const [persons, waiting] = split(accounts, ({ connection }) => needsPerson(connection))
  const [limited, closed] = split(gates, ({ gate }) => gate.reason === 'rate_limited')
  const rows = [
    ...closed.map((matter) => gateRow(input, matter)),
    ...bySize(personGroups).map((group) => groupRow(input, group)),
    ...persons.map((matter) => accountRow(input, matter)),
    ...bySize(waitingGroups).map((group) => groupRow(input, group)),
    ...waiting.map((matter) => accountRow(input, matter)),
    ...endingRows(input),
    ...limited.map((matter) => gateRow(input, matter)),
  ]
  return { rows: rows.slice(0, SHOWN), more: rows.length > SHOWN }
}

function gateRow(
  { facts, t }: Input,
  { provider, gate, accounts }: Attention['gates'][number]
): AttentionRow {
  const look = facts.look(provider)
  const reason = gate.reason ?? 'unavailable'
  return {
    ...{ key: `gate-${provider}`, tone: 'retrying', provider: look, since: null, deadline: null },
    title: t('overview.attention.group', { count: accounts, provider: look.name }),
    isName: false,
    href: listOf(providerTerm(facts, provider)),
    cause: t(
      `overview.gates.${reason === 'configuration' || reason === 'rate_limited' ? reason : 'unavailable'}`
    ),
    act: { href: '/providers', label: t('overview.attention.open_provider'), icon: 'plug', method: 'get' },
  }
}

function groupRow({ facts, t }: Input, group: Trouble): AttentionRow {
  const { provider, accounts, status, reason } = group
  const look = facts.look(provider)
  const tone = needsPerson(asFacts(group)) ? 'reconnect' : 'retrying'
  const terms: Term[] = [
    ...providerTerm(facts, provider),
    { name: 'status', value: status === 'connected' ? tone : status },
    ...(reason ? [{ name: 'error' as const, value: reason }] : []),
  ]
  const href = listOf(terms)
  return {
    ...{ key: `group-${provider}-${status}-${reason}-${group.isActive}`, tone, provider: look },
    ...{ since: null, deadline: null, isName: false, href },
    title: t('overview.attention.group', { count: accounts, provider: look.name }),
    cause: causeOf(t, group),
    act: { href, label: t('overview.attention.show'), icon: 'list', method: 'get' },
  }
}

function accountRow(input: Input, { connection, since }: Attention['accounts'][number]): AttentionRow {
  const { t, facts } = input
  const tone = needsPerson(connection) ? 'reconnect' : 'retrying'
  const known = tone === 'reconnect' ? knownTrouble(facts.find(connection.provider), connection) : null
  const { id, status, statusReason: reason, isActive } = connection
  const retry = {
    ...{ href: `/accounts/${id}/refresh`, label: t('overview.attention.retry') },
    ...{ icon: 'refresh', method: 'post' as const, acts: true as const },
  }
  return {
    ...named(input, connection),
    ...{ tone, since },
    cause: known
      ? t(`account.why.known.${known}.cause`, { provider: facts.look(connection.provider).name })
      : causeOf(t, { status, reason, isActive }),
    act: tone === 'reconnect' ? reconnect(t, id) : retry,
  }
}

/** Grants that end soon although all goes well: one line each, or one for all of them. */
function endingRows(input: Input): AttentionRow[] {
  const { attention, t } = input
  const { total, first } = attention.ending
  if (total === 0) return []
  const soon = { label: t('overview.attention.ending_pill'), icon: 'hourglass' }
  if (total < GROUPED_FROM) {
    const cause = t('overview.attention.ending')
    return first.map((one) => ({
      ...named(input, one),
      ...{ tone: 'due' as const, pill: soon, since: null, cause, act: reconnect(t, one.id) },
    }))
  }
  const href = listOf([
    { name: 'grant', bound: { side: '>', within: 0 } },
    { name: 'grant', bound: { side: '<', within: DEADLINE_SOON } },
  ])
  return [
    {
      ...{ key: 'ending', tone: 'due', pill: soon, isName: false, href, since: null },
      provider: { name: '', icon: null },
      title: t('overview.attention.ending_group', { count: total }),
      cause: t('overview.attention.ending'),
      deadline: millis(first[0].grantExpiresAt),
      act: { href, label: t('overview.attention.show'), icon: 'list', method: 'get' },
    },
  ]
}

function named({ facts, now }: Input, connection: Connection) {
  const deadline = millis(connection.grantExpiresAt)
  return {
    key: connection.id,
    title: accountName(connection),
    isName: true,
    href: `/accounts/${connection.id}`,
    provider: facts.look(connection.provider),
    deadline: deadline !== null && deadline > now && deadline <= now + DEADLINE_SOON ? deadline : null,
  }
}

function reconnect(t: Translate, id: string): AttentionRow['act'] {
  const href = `/accounts/${id}/reconnect`
  return { href, label: t('overview.attention.reconnect'), icon: 'plug', method: 'get', acts: true }
}

function causeOf(t: Translate, trouble: Pick<Trouble, 'status' | 'reason' | 'isActive'>): string {
  const { status, reason } = trouble
  if (!needsPerson(asFacts(trouble))) {
    return t(`overview.waits.${reason && CAUSES.has(reason) ? reason : 'unknown'}`)
  }
  if (reason && CAUSES.has(reason)) return t(`overview.causes.${reason}`)
  const byStatus: Record<string, string> = {
    ...{ needs_reauth: 'rejected', suspended: 'suspended', disconnected: 'disconnected', error: 'unknown' },
  }
  return t(`overview.causes.${byStatus[status] ?? 'inactive'}`)
}

function listOf(terms: Term[]): string {
  return `/accounts?${new URLSearchParams({ q: printAccountFilter({ terms, words: [] }) })}`
}

/** A provider whose definition is gone cannot be searched for. */
function providerTerm(facts: ProviderFacts, provider: string): Term[] {
  return facts.find(provider) ? [{ name: 'provider', value: provider }] : []
}

function bySize(groups: readonly Trouble[]): Trouble[] {
  return groups.toSorted((one, other) => other.accounts - one.accounts)
}

function split<T>(all: readonly T[], isFirst: (one: T) => boolean): [T[], T[]] {
  return [all.filter(isFirst), all.filter((one) => !isFirst(one))]
}
