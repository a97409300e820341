import type { Account, TokenRecord } from '#simulator/account'
import { paramsOf } from '#simulator/check_shape'
import { failureFor, failureNamed, refusal } from '#simulator/failures'
import type { Incoming } from '#simulator/incoming'
import type { Issued } from '#simulator/issuing'
import type { Door, NamedFailure, Place, Reply, Told, Violation } from '#simulator/types'
import type { Vendor } from '#simulator/vendor'

/** A request that stands before its door. */
export interface Visit {
  vendor: Vendor
  door: Door
  incoming: Incoming
  params: Readonly<Record<string, string>>
  parts: Readonly<Record<string, string>>
  now: number
}

/** What a door does. `cut` closes the socket without an answer. */
export interface Outcome {
  reply: Reply | 'cut'
  account: Account | null
  presented: string | null
  verdict: string
  violation: Violation | null
}

export type DoorHandler = (visit: Visit) => Outcome

/** A refusal for the shape of the request. */
export function refuse({ vendor }: Visit, violation: Violation, presented: string | null = null): Outcome {
  const reply = refusal(vendor.dialect, violation)
  return { reply, account: null, presented, verdict: `wrong: ${violation}`, violation }
}

/** An answer of the dialect's own that is a failure. */
export function fail(account: Account | null, presented: string | null, failure: NamedFailure): Outcome {
  return { reply: failure, account, presented, verdict: failure.name, violation: null }
}

/** A token or code that nobody knows, or that is over. */
export function failAs(
  { vendor }: Visit,
  kind: NamedFailure['case'],
  at: Place,
  presented: string | null,
  account: Account | null
) {
  const known = failureFor(vendor.dialect, kind, at)
  return fail(account, presented, known ?? { ...UNKNOWN_TOKEN, at: [at] })
}

const UNKNOWN_TOKEN: NamedFailure = {
  name: 'unknown_token',
  case: 'token_refused',
  at: ['token'],
  class: 'rejected',
  status: 401,
  headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
  body: { error: 'invalid_token' },
}

/** The failure that an account is told to say at this place; null where it says the truth or a mode. */
export function saidFailure(
  account: Account,
  place: Place
): { failure: NamedFailure } | { mode: string } | null {
  const named = account.saying ? failureNamed(account.dialect, account.saying.name) : null
  const name = account.saysAt(place, named?.at ?? ['token'])
  if (name === null) return null
  return named ? { failure: named } : { mode: name }
}

/** The success answer of the door. */
export function succeed(visit: Visit, account: Account, presented: string | null, told: Told): Outcome {
  const { door, incoming } = visit
  const body = door.answer ? door.answer(told) : null
  const accepts = String(incoming.headers.accept ?? '')
  const form = door.formUnlessJson && !accepts.includes('application/json')
  const reply: Reply = form
    ? { status: 200, headers: FORM, body: new URLSearchParams(flat(body)).toString() }
    : { status: door.status ?? 200, body }
  return { reply, account, presented, verdict: 'ok', violation: null }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }

function flat(body: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(body ?? {}).map(([name, value]) => [name, String(value)]))
}

/** What an answer may draw on. */
export function toldOf(visit: Visit, account: Account, issued: Issued, asked: Told['asked'] = {}): Told {
  const { vendor, params, parts, now } = visit
  const { access, refresh } = issued
  const secondsLeft = (token: TokenRecord | null) => {
    const end = token?.expiresAt ?? null
    return end === null ? null : Math.max(0, Math.round((end - now) / 1_000))
  }
  return {
    account,
    dialect: vendor.dialect,
    now,
    access: access.value,
    refresh: refresh?.value ?? null,
    expiresIn: secondsLeft(access),
    refreshExpiresIn: secondsLeft(refresh),
    issuedAt: access.issuedAt,
    scope: account.scope,
    client: vendor.dialect.client,
    params,
    parts,
    asked,
    another: (id, traits) => {
      const further = vendor.another(id, traits)
      return { access: further.access.value, refresh: further.refresh?.value ?? null }
    },
    children: () => vendor.derive(account, access.value),
  }
}

/** The token or code in a request; null where it carries none. */
export function credentialIn({ door, incoming, params, parts }: Visit): string | null {
  for (const place of door.credential ?? []) {
    if ('param' in place && params[place.param]) return params[place.param]
    if ('path' in place && parts[place.path]) return parts[place.path]
    if ('header' in place) {
      const [scheme, value] = (incoming.headers.authorization ?? '').split(/ (.*)/s)
      if (scheme.toLowerCase() === place.header.toLowerCase() && value) return value
    }
  }
  return null
}

/** A request at the first door of its place that takes its parameters; null where none of them does. */
export function visitOf(vendor: Vendor, incoming: Incoming, now: number): Visit | null {
  const matches = vendor.doorsAt(incoming.host, incoming.path)
  const visits = matches.map(({ door, parts }) => {
    return { vendor, door, parts, incoming, params: paramsOf(door, incoming), now }
  })
  const fitting = visits.filter(({ door, params }) =>
    Object.entries(door.when ?? {}).every(([name, rule]) => rule.test(params[name] ?? ''))
  )
  return (
    fitting.find(({ door }) => takesMethod(door, incoming.method)) ?? fitting.at(0) ?? visits.at(0) ?? null
  )
}

function takesMethod(door: Door, method: string): boolean {
  return ([door.method ?? (door.body ? 'POST' : 'GET')].flat() as string[]).includes(method)
}
