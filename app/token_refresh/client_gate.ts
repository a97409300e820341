import type { FailureClass } from '#oauth/types'

/**
 * The gate of one client registration: its rate budget, its pause and its breaker in one small state machine. `open`
 * lets requests flow; `paused` holds them until `until`; then, unless the pause was a rate limit, one request goes
 * ahead as a probe (`probing`) and its outcome opens the gate or pauses it again. The state lives in the database and
 * is shared by all processes; the functions here are pure.
 */
export interface GateState {
  flow: 'open' | 'paused' | 'probing'
  reason: 'rate_limited' | 'configuration' | 'unavailable' | null
  errorCode: string | null
  /** End of the pause, or of the time that a probe may take. */
  until: number | null
  /** Consecutive answers that speak against the provider's health. */
  failures: number
  /** Requests that the rate budget allows now, and when that was computed; null where the provider has no budget. */
  allowance: number | null
  allowanceAt: number | null
}

export interface GateLimits {
  perSecond: number | null
  concurrency: number | null
}

export interface GateTiming {
  rateLimitWait: number
  configurationProbe: number
  breakerFailures: number
  breakerProbe: number
  /** How long a probe may stay unanswered before another one is tried: the length of a lease. */
  probePatience: number
}

export interface GateSignal {
  class: FailureClass | 'success'
  code: string | null
  retryAfter: number | null
}

export const OPEN_GATE: GateState = {
  flow: 'open',
  reason: null,
  errorCode: null,
  until: null,
  failures: 0,
  allowance: null,
  allowanceAt: null,
}

/** How many requests may go now, and when to ask again where that is fewer than were wanted. */
export interface Permits {
  count: number
  /** True where the one permit is a probe: taking it closes the gate behind it. */
  probe: boolean
  retryAt: number | null
  reason: string | null
}

/** Requests that may be sent now, at most `wanted`. `inFlight` counts those of all processes. */
export function permits(
  gate: GateState,
  limits: GateLimits,
  inFlight: number,
  now: number,
  wanted: number
): Permits {
  const none = (retryAt: number, reason: string): Permits => ({
    count: 0,
    probe: false,
    retryAt,
    reason,
  })
  if (gate.flow !== 'open' && gate.until !== null && gate.until > now) {
    return none(gate.until, gate.reason ?? 'unavailable')
  }
  const slots = limits.concurrency === null ? wanted : Math.min(wanted, limits.concurrency - inFlight)
  if (slots <= 0) return none(now + 1000, 'concurrency')
  if (gate.flow !== 'open' && gate.reason !== 'rate_limited') {
    return { count: 1, probe: true, retryAt: null, reason: null }
  }
  const allowance = Math.floor(allowanceAt(gate, limits, now))
  if (allowance <= 0) return none(now + refillTime(limits), 'rate_budget')
  const count = Math.min(slots, allowance)
  if (count === wanted) return { count, probe: false, retryAt: null, reason: null }
  return count < slots
    ? { count, probe: false, retryAt: now + refillTime(limits), reason: 'rate_budget' }
    : { count, probe: false, retryAt: now + 1000, reason: 'concurrency' }
}

/** The gate after `count` requests were taken. */
export function take(
  gate: GateState,
  limits: GateLimits,
  timing: GateTiming,
  now: number,
  taken: { count: number; probe: boolean }
): GateState {
  if (taken.count === 0) return gate
  const budget =
    limits.perSecond === null
      ? { allowance: null, allowanceAt: null }
      : { allowance: allowanceAt(gate, limits, now) - taken.count, allowanceAt: now }
  if (taken.probe) return { ...gate, ...budget, flow: 'probing', until: now + timing.probePatience }
  if (gate.flow !== 'open') return { ...OPEN_GATE, ...budget }
  return { ...gate, ...budget }
}

/** The gate after an answer. */
export function signal(
  gate: GateState,
  { class: kind, code, retryAfter }: GateSignal,
  timing: GateTiming,
  now: number
): GateState {
  switch (kind) {
    case 'rate_limited':
      return limited(gate, code, now + (retryAfter ?? timing.rateLimitWait))
    case 'configuration':
      return pause(gate, 'configuration', code, now + timing.configurationProbe)
    case 'unavailable':
    case 'ambiguous':
    case 'not_sent':
      return failed(gate, code, timing, now)
    case 'unreadable':
      return gate
    default:
      return answered(gate)
  }
}

/** The gate after a person let requests through: what it knows of the budget stays. */
export function reopened(gate: GateState): GateState {
  return { ...OPEN_GATE, allowance: gate.allowance, allowanceAt: gate.allowanceAt }
}

/** A limit or an outage tells nothing about a wrong configuration: that lasts until a probe is really answered. */
function isMisconfigured({ flow, reason }: GateState): boolean {
  return flow !== 'open' && reason === 'configuration'
}

function limited(gate: GateState, code: string | null, until: number): GateState {
  return isMisconfigured(gate) ? pausedUntil(gate, until) : pause(gate, 'rate_limited', code, until)
}

function pausedUntil(gate: GateState, until: number): GateState {
  const longer = gate.flow === 'paused' ? Math.max(gate.until ?? 0, until) : until
  return { ...gate, flow: 'paused', until: longer }
}

function failed(gate: GateState, code: string | null, timing: GateTiming, now: number): GateState {
  const failures = gate.failures + 1
  const opens = gate.flow === 'probing' || failures >= timing.breakerFailures
  if (gate.flow === 'paused' || !opens) return { ...gate, failures }
  const until = now + timing.breakerProbe
  return {
    ...(isMisconfigured(gate) ? pausedUntil(gate, until) : pause(gate, 'unavailable', code, until)),
    failures,
  }
}

/** Any real answer proves the provider's health; it does not lift a rate limit or, unless it was the probe, a wrong configuration. */
function answered(gate: GateState): GateState {
  const healed = gate.flow === 'probing' || (gate.flow === 'paused' && gate.reason === 'unavailable')
  if (!healed) return gate.failures === 0 ? gate : { ...gate, failures: 0 }
  return reopened(gate)
}

function pause(
  gate: GateState,
  reason: GateState['reason'],
  errorCode: string | null,
  until: number
): GateState {
  const longer = gate.flow === 'paused' && gate.reason === reason ? Math.max(gate.until ?? 0, until) : until
  return { ...gate, flow: 'paused', reason, errorCode, until: longer }
}

// A provider counts over some second of its own choosing and at its own end of the line. What the bucket holds and what
// it earns within a second stay below the limit together, with a little left for requests that catch up on the way.
const EARNED = 0.92
const HELD = 0.05

const bucketSize = (perSecond: number) => Math.max(1, perSecond * HELD)

/** A token bucket, full where nothing is known of it. */
function allowanceAt(gate: GateState, limits: GateLimits, now: number): number {
  if (limits.perSecond === null) return Number.POSITIVE_INFINITY
  const size = bucketSize(limits.perSecond)
  if (gate.allowance === null || gate.allowanceAt === null) return size
  const earned = (Math.max(0, now - gate.allowanceAt) / 1000) * limits.perSecond * EARNED
  return Math.min(size, gate.allowance + earned)
}

/** Milliseconds in which an empty bucket is filled to its half, or holds the one request that it can hold. */
function refillTime({ perSecond }: GateLimits): number {
  const rate = perSecond ?? 1
  return Math.ceil((Math.max(1, bucketSize(rate) / 2) * 1000) / (rate * EARNED))
}
