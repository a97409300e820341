import type { Health } from '#services/connection_health'
import type { ClosedGate } from '#services/provider_facts'
import type { Translate } from '#transformers/translate'

/** What the explanation depends on. */
export interface WhyInput {
  health: Health
  status: string
  reason: string | null
  provider: string
  gate: ClosedGate | null
  /** What the provider's own code tells; see `known_errors.ts`. */
  known: string | null
  firstStrike: boolean
  inDoubt: boolean
  /** It is kept alive within an authorization window only, none is open, and no retry is owed. */
  noWindow: boolean
  hasRefreshToken: boolean
  /** The end of its token is known. */
  tokenEnds: boolean
  /** The grant itself ends within two weeks. */
  endsSoon: boolean
  /** The account that this one's token derives from, where that one needs a person. */
  deadParent: { id: string; name: string } | null
}

/** Why an account is not healthy, in the reader's language: the cause, what happens by itself, what a person has to do. */
export interface Why {
  cause: string
  next: string
  /** Null where nobody has to do anything. */
  person: string | null
  /** Where it can be mended, if that is another page. */
  link?: { href: string; label: string }
}

/** Sentences by their keys below `account.why`; where the code itself is `known`, it says the cause and what a person does. */
interface Said {
  known?: string | null
  cause: string
  next: string
  person?: string
  values?: Record<string, string>
  link?: Why['link']
}

/** Explains a health word in plain sentences; null where there is nothing to explain. */
export function accountWhy(input: WhyInput, t: Translate): Why | null {
  const said = explain(input)
  if (!said) return null
  const { known, cause, next, person, values = {}, link } = said
  const say = (key: string) => t(`account.why.${key}`, values)
  return {
    cause: say(known ? `known.${known}.cause` : `cause.${cause}`),
    next: say(`next.${next}`),
    person: person === undefined ? null : say(known ? `known.${known}.person` : `person.${person}`),
    link,
  }
}

const NOT_EXTENDED: Said = { cause: 'not_extended', next: 'daily', person: 'not_extended' }
const ENDS_SOON: Said = { cause: 'ends_soon', next: 'until_deadline', person: 'ends_soon' }

function explain(input: WhyInput): Said | null {
  switch (input.health) {
    case 'healthy':
      return input.reason === 'not_extended' ? NOT_EXTENDED : input.endsSoon ? ENDS_SOON : null
    case 'refreshing':
      return null
    case 'paused':
      return { cause: 'paused', next: 'paused', person: 'paused' }
    case 'due':
      return whyDue(input)
    case 'static':
      return whyStatic(input)
    case 'retrying':
      return input.gate ? whyGate(input, input.gate) : whyRetrying(input)
    case 'reconnect':
      return input.deadParent ? whyParent(input.deadParent) : whyReconnect(input)
  }
}

function whyDue({ reason, noWindow }: WhyInput): Said {
  if (noWindow) return { cause: 'no_window', next: 'no_window', person: 'no_window' }
  return reason === 'not_extended' ? NOT_EXTENDED : { cause: 'due', next: 'sweep' }
}

function whyParent({ id, name }: { id: string; name: string }): Said {
  const link = { href: `/accounts/${id}`, label: name }
  return { cause: 'parent', next: 'nothing', person: 'parent', values: { name }, link }
}

function whyStatic({ provider, hasRefreshToken, tokenEnds }: WhyInput): Said {
  const cause = hasRefreshToken ? 'static_kind' : 'static_grant'
  return { cause, next: 'static', person: tokenEnds ? 'static' : 'static_endless', values: { provider } }
}

function whyGate({ provider, known }: WhyInput, gate: ClosedGate): Said {
  const values = { provider }
  if (gate.reason === 'configuration') {
    const key = 'gate_configuration'
    return { known, cause: key, next: 'gate_probe', person: key, values }
  }
  if (gate.reason === 'rate_limited') return { cause: 'gate_rate_limited', next: 'gate', values }
  return { cause: 'gate_down', next: 'gate_until_back', values }
}

const RETRY_CAUSES = new Set([
  ...['rejected', 'unknown', 'not_sent', 'unavailable', 'rate_limited', 'configuration'],
])

function whyRetrying({ provider, reason, inDoubt, firstStrike }: WhyInput): Said {
  const values = { provider }
  const next = firstStrike ? 'second_strike' : 'again'
  if (reason === 'unreadable') return { cause: 'unreadable', next, person: 'unreadable_retrying' }
  if (inDoubt || reason === 'ambiguous') {
    return { cause: 'in_doubt', next: firstStrike ? 'doubt_second_strike' : 'doubt_again', values }
  }
  const cause = RETRY_CAUSES.has(reason ?? '') ? `retry_${reason}` : 'retry_other'
  return { cause, next, values }
}

const RECONNECT_CAUSES = new Set([
  ...['lost_answer', 'rejected', 'page_gone', 'suspended', 'locked', 'unreadable', 'unknown'],
  ...['disconnected', 'inactive'],
])
const BY_STATUS: Readonly<Record<string, string>> = {
  suspended: 'suspended',
  disconnected: 'disconnected',
  needs_reauth: 'rejected',
  error: 'unknown',
}

function whyReconnect({ status, reason, provider, known }: WhyInput): Said {
  const key = reason && RECONNECT_CAUSES.has(reason) ? reason : (BY_STATUS[status] ?? 'inactive')
  const cause = key === 'unreadable' ? key : `dead_${key}`
  return { known, cause, next: 'nothing', person: `dead_${key}`, values: { provider } }
}
