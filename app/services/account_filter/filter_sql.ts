import type {
  AccountQuery,
  Term,
  TextQualifier,
  TimeQualifier,
} from '#services/account_filter/account_filter'
import { healthCondition } from '#services/account_filter/health_condition'
import { HEALTH_WORDS, type Health } from '#services/connection_health'
import type { Fragment } from '#services/connection_health_sql'

export interface FilterSqlInput {
  dialect: string
  now: number
  /** `toInstant` of `app/models/columns.ts`. */
  toInstant: (value: number) => number | Date
  /** The health expression of the current moment. */
  health: Fragment
}

type Build = (value: string, input: FilterSqlInput) => Fragment

/**
 * The conditions of a filter over the table `connections`. Columns and operators come from the tables below alone; whatever a
 * person wrote is a bound value. Everything is left in where the filter is empty.
 */
export function accountFilterSql(filter: AccountQuery, input: FilterSqlInput): Fragment {
  const groups = new Map<string, Fragment[]>()
  for (const [index, term] of filter.terms.entries()) {
    const key = EITHER.has(term.name) ? term.name : `${term.name} ${index}`
    groups.set(key, [...(groups.get(key) ?? []), termSql(term, input)])
  }
  const either = [...groups.values()].map((fragments) => join(fragments, ' OR '))
  const words = filter.words.map((word) => wordSql(word, input))
  return join([...either, ...words], ' AND ')
}

/** An account has one of these each, so two of them can only mean either; it may have many tags and scopes. */
const EITHER: ReadonlySet<Term['name']> = new Set(['provider', 'status', 'health', 'owner', 'error'])

const TIME_COLUMNS: Readonly<Record<TimeQualifier, string>> = {
  expires: 'connections.token_expires_at',
  grant: 'connections.grant_expires_at',
}

const TEXT_CONDITIONS: Readonly<Record<TextQualifier, Build>> = {
  provider: (value) => ({ sql: 'connections.provider = ?', bindings: [value] }),
  // Whoever signs in with this address owns the accounts that are linked to them, too.
  owner: (value) => ({
    sql: `(connections.owner = ? OR connections.owner_user_id = (SELECT users.id FROM users WHERE users.email = LOWER(?)))`,
    bindings: [value, value],
  }),
  status: (value, input) =>
    isHealth(value)
      ? healthCondition(value, input.health)
      : { sql: 'connections.status = ?', bindings: [value] },
  health: (value, { health }) => healthCondition(value as Health, health),
  // A code stands for its finer ones, too: `190` finds `190/458`.
  error: (value) => ({
    sql: `(LOWER(connections.error_code) = LOWER(?) OR LOWER(connections.status_reason) = LOWER(?)
      OR LOWER(SUBSTR(connections.error_code, 1, ?)) = LOWER(?))`,
    bindings: [value, value, value.length + 1, `${value}/`],
  }),
  tag: (value, input) => listed('connections.tags', value, input),
  scope: (value, input) => listed('connections.scopes', value, input),
}

function termSql(term: Term, input: FilterSqlInput): Fragment {
  if (!('bound' in term)) return TEXT_CONDITIONS[term.name](term.value, input)
  const column = TIME_COLUMNS[term.name]
  const { bound } = term
  if (bound.side === 'none') return { sql: `${column} IS NULL`, bindings: [] }
  const at = 'at' in bound ? bound.at : input.now + bound.within
  return { sql: `${column} ${bound.side === '<' ? '<=' : '>'} ?`, bindings: [input.toInstant(at)] }
}

function isHealth(word: string): word is Health {
  return (HEALTH_WORDS as readonly string[]).includes(word)
}

/** `column` is a JSON list of texts. */
function listed(column: string, value: string, { dialect }: FilterSqlInput): Fragment {
  const sql =
    dialect === 'postgres'
      ? `EXISTS (SELECT 1 FROM jsonb_array_elements_text(${column}) AS item(entry) WHERE item.entry = ?)`
      : `EXISTS (SELECT 1 FROM json_each(${column}) AS item WHERE item.value = ?)`
  return { sql, bindings: [value] }
}

const SEARCHED = ['display_name', 'username', 'provider_account_id', 'owner', 'tags', 'id']

function wordSql(word: string, { dialect }: FilterSqlInput): Fragment {
  const pattern = `%${word.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  const operator = dialect === 'postgres' ? 'ILIKE' : 'LIKE'
  const sql = SEARCHED.map((name) => `CAST(connections.${name} AS TEXT) ${operator} ? ESCAPE '\\'`).join(
    ' OR '
  )
  return { sql: `(${sql})`, bindings: SEARCHED.map(() => pattern) }
}

function join(fragments: readonly Fragment[], operator: string): Fragment {
  if (fragments.length === 0) return { sql: '1 = 1', bindings: [] }
  return {
    sql: `(${fragments.map(({ sql }) => sql).join(operator)})`,
    bindings: fragments.flatMap(({ bindings }) => bindings),
  }
}
