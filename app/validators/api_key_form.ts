import { DateTime } from 'luxon'
import { ALL, readAbilities, type Granted } from '#services/api_keys/abilities'
import { textField } from '#validators/text_field'

const DAY = 86_400_000
const LONGEST_NAME = 255
/** Longer than any good field, so that what is too long is told and not taken for missing. */
const LONGEST = 1_000
/** Dates beyond are slips of the pen. */
const LAST_YEAR = 2200

/** How long a key may live: so many days, for ever, or until the end of a day that is named. */
export const EXPIRIES = ['30', '90', '365', 'never', 'date'] as const

/** The form as it was sent, to be shown again. */
export interface ApiKeyForm {
  name: string
  /** `all` for everything, also what is added later. */
  which: string
  abilities: string[]
  expiry: string
  /** A day, such as `2027-01-31`. */
  until: string
}

export const NEW_KEY: ApiKeyForm = { name: '', which: 'chosen', abilities: [], expiry: '90', until: '' }

/** Codes of `programs.problem` by field. */
export type ApiKeyProblems = Partial<Record<'name' | 'abilities' | 'expiry', string>>

type Read =
  | { ok: true; input: { name: string; abilities: Granted[]; lifetime: number | null } }
  | { ok: false; problems: ApiKeyProblems }

/** Reads the form of a new key at a moment in milliseconds; days are those of the zone (an IANA name). */
export function readApiKeyForm(
  body: Record<string, unknown>,
  { now, timeZone }: { now: number; timeZone: string }
): { values: ApiKeyForm } & Read {
  const values = valuesOf(body)
  const granted = readAbilities(values.which === 'all' ? [ALL] : values.abilities)
  const lifetime = lifetimeOf(values, now, timeZone)
  const problems: ApiKeyProblems = {}
  if (!isName(values.name)) problems.name = values.name === '' ? 'no_name' : 'bad_name'
  if (!granted.ok) problems.abilities = values.abilities.length === 0 ? 'no_ability' : 'bad_ability'
  if (typeof lifetime === 'string') problems.expiry = lifetime
  if (!granted.ok || typeof lifetime === 'string' || problems.name) return { values, ok: false, problems }
  return { values, ok: true, input: { name: values.name, abilities: granted.abilities, lifetime } }
}

function valuesOf(body: Record<string, unknown>): ApiKeyForm {
  const text = (field: string) => textField(body[field], LONGEST)
  const abilities = [body.abilities ?? []].flat().filter((one) => typeof one === 'string')
  return {
    name: text('name'),
    which: text('which') === 'all' ? 'all' : 'chosen',
    abilities: abilities.slice(0, 50),
    expiry: text('expiry'),
    until: text('until'),
  }
}

function isName(name: string): boolean {
  return name !== '' && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)
}

/** Milliseconds from now, null for ever, or the code of what is wrong. */
function lifetimeOf({ expiry, until }: ApiKeyForm, now: number, zone: string): number | null | string {
  if (!EXPIRIES.some((one) => one === expiry)) return 'bad_expiry'
  if (expiry === 'never') return null
  if (expiry !== 'date') return Number(expiry) * DAY
  const day = DateTime.fromISO(until, { zone })
  if (!/^\d{4}-\d\d-\d\d$/.test(until) || !day.isValid || day.year > LAST_YEAR) return 'bad_date'
  // A minute before midnight: the key is made a moment after this.
  const lifetime = day.set({ hour: 23, minute: 59 }).toMillis() - now
  return lifetime > 0 ? lifetime : 'past_date'
}
