import type { ServerResponse } from 'node:http'
import { failureNamed, MODES } from '#simulator/failures'
import type { Incoming } from '#simulator/incoming'
import { send } from '#simulator/send'
import type { Simulator } from '#simulator/simulator'
import type { Dialect } from '#simulator/types'

type Fields = Readonly<Record<string, string>>
type Task = (simulator: Simulator, fields: Fields) => unknown

/** A wrong request to the control, in a sentence for the person at curl. */
class ControlError extends Error {}

/** The control by hand: `POST /_control/<task>` with form or JSON fields. */
export function control(simulator: Simulator, incoming: Incoming, response: ServerResponse): void {
  const now = simulator.clock.now()
  const task = Object.hasOwn(TASKS, incoming.host) ? TASKS[incoming.host] : null
  const fields = { ...incoming.query, ...incoming.fields }
  try {
    if (!task)
      throw new ControlError(
        `There is no task "${incoming.host}"; there are ${Object.keys(TASKS).join(', ')}`
      )
    send(response, { status: 200, body: task(simulator, fields) }, now)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    send(response, { status: 400, body: { problem: error.message } }, now)
  }
}

/** Every name that `say` takes for a dialect: its own failures, the general faults and the modes. */
export function modesOf(dialect: Dialect): string[] {
  const own = dialect.failures.map(({ name }) => name)
  return [
    ...Object.keys(MODES),
    'unavailable',
    'malformed_html',
    'malformed_truncated',
    'malformed_empty',
    ...own,
  ]
}

const TASKS: Readonly<Record<string, Task>> = {
  dialects: (simulator) =>
    Object.fromEntries(
      simulator
        .vendors()
        .map(({ dialect }) => [dialect.id, { serves: dialect.serves, modes: modesOf(dialect) }])
    ),
  grant(simulator, fields) {
    const vendor = vendorIn(simulator, fields)
    const issued = vendor.grant(required(fields, 'account'), fields.name)
    return { access_token: issued.access.value, refresh_token: issued.refresh?.value ?? null }
  },
  consent(simulator, fields) {
    const account = required(fields, 'account')
    vendorIn(simulator, fields).consenting = account
    return { consenting: account }
  },
  mode(simulator, fields) {
    const account = accountIn(simulator, fields)
    const mode = required(fields, 'mode')
    if (!Object.hasOwn(MODES, mode) && !failureNamed(account.dialect, mode)) {
      throw new ControlError(`There is no mode "${mode}"; there are ${modesOf(account.dialect).join(', ')}`)
    }
    account.say(mode, fields.times ? { times: positive(fields, 'times') } : {})
    return { account: account.id, mode }
  },
  revoke(simulator, fields) {
    accountIn(simulator, fields).revoke()
    return { revoked: true }
  },
  child(simulator, fields) {
    const account = accountIn(simulator, fields)
    const id = required(fields, 'id')
    if (fields.gone === 'true') account.removeChild(id)
    else account.addChild(id, fields.name ?? `page-${id}`)
    return { children: [...account.children.values()] }
  },
  clock(simulator, fields) {
    simulator.clock.advance(positive(fields, 'seconds') * 1_000)
    return { now: new Date(simulator.clock.now()).toISOString() }
  },
  log: (simulator) => ({ log: simulator.log.entries.slice(-100) }),
}

function vendorIn(simulator: Simulator, fields: Fields) {
  const id = required(fields, 'dialect')
  const found = simulator.vendors().find(({ dialect }) => dialect.id === id)
  if (found) return found
  const ids = simulator.vendors().map(({ dialect }) => dialect.id)
  throw new ControlError(`There is no dialect "${id}"; there are ${ids.join(', ')}`)
}

function accountIn(simulator: Simulator, fields: Fields) {
  const id = required(fields, 'account')
  const found = vendorIn(simulator, fields).accounts.get(id)
  if (found) return found
  throw new ControlError(`No account "${id}" has been granted yet`)
}

function required(fields: Fields, name: string): string {
  if (fields[name]) return fields[name]
  throw new ControlError(`Give the field "${name}"`)
}

function positive(fields: Fields, name: string): number {
  const value = Number(required(fields, name))
  if (Number.isFinite(value) && value > 0) return value
  throw new ControlError(`"${name}" must be a number above 0`)
}
