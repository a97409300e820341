import type { Failure, FailureClass } from '#oauth/types'
import type { ChildStep } from '#token_refresh/children_plan'
import type { Parent } from '#token_refresh/children_store'
import { run, type Row, type Value, type Work } from '#store/driver'
import { INSERT_ATTEMPT } from '#token_refresh/store_sql'
import type { RefreshKind, Transition } from '#token_refresh/types'

/** What the entries of one derivation have in common. */
export interface LogContext {
  childProvider: string
  kind: RefreshKind
  runId: string | null
  workerId: string
  durationMs: number
  newId: () => string
}

/** What was stored of a child, for those who tell of it. */
export interface ChildChange {
  attemptId: string
  connectionId: string
  type: ChildStep['type']
  transition: Transition | null
}

interface Entry {
  connectionId: string
  outcome: 'success' | 'failed'
  failure: { class: FailureClass; code: string; description: string | null; status: number | null } | null
  transition: Transition | null
  oldFp: string | null
  newFp: string | null
}

/** Writes what became of a child to the refresh log, as an attempt of its own (M3). */
export function* logChild(parent: Parent, step: ChildStep, log: LogContext, at: number): Work<ChildChange> {
  const attemptId = log.newId()
  yield* write(parent, entryOf(step), { ...log, attemptId }, at)
  return { attemptId, connectionId: connectionOf(step), type: step.type, transition: transitionOf(step) }
}

/** Writes that a child could not be derived, and why. */
export function logFailure(
  parent: Parent,
  child: Row,
  failure: Failure,
  log: LogContext,
  at: number
): Work<number> {
  const oldFp = child.credential_fp as string | null
  const connectionId = child.id as string
  const entry = { connectionId, outcome: 'failed' as const, failure, transition: null, oldFp, newFp: null }
  return write(parent, entry, { ...log, attemptId: log.newId() }, at)
}

/** What somebody may want to hear of a child; null where nothing changed for people. */
function transitionOf(step: ChildStep): Transition | null {
  switch (step.type) {
    case 'gone':
      return 'deactivated'
    case 'replace':
      return step.child.status === 'needs_reauth' || step.child.status === 'error' ? 'recovered' : null
    case 'confirm':
      return step.child.statusReason === 'page_gone' ? 'recovered' : null
    default:
      return null
  }
}

function connectionOf(step: ChildStep): string {
  return step.type === 'insert' ? step.id : step.child.id
}

function entryOf(step: ChildStep): Entry {
  const transition = transitionOf(step)
  if (step.type === 'insert') {
    const { id, fingerprint } = step
    return {
      connectionId: id,
      outcome: 'success',
      failure: null,
      transition,
      oldFp: null,
      newFp: fingerprint,
    }
  }
  const { id: connectionId, credentialFp: oldFp } = step.child
  if (step.type === 'gone' || step.type === 'tokenless') {
    return {
      connectionId,
      outcome: 'failed',
      failure: MISSING[step.type],
      transition,
      oldFp,
      newFp: null,
    }
  }
  const newFp = step.fingerprint
  return { connectionId, outcome: 'success', failure: null, transition, oldFp, newFp }
}

const MISSING = {
  gone: { class: 'rejected', code: 'page_gone', description: null, status: null },
  tokenless: { class: 'unknown', code: 'no_access_token', description: null, status: null },
} as const

function write(
  parent: Parent,
  entry: Entry,
  log: LogContext & { attemptId: string },
  at: number
): Work<number> {
  const { failure } = entry
  const values: Value[] = [
    log.attemptId,
    parent.organizationId,
    entry.connectionId,
    log.runId,
    log.childProvider,
    log.kind,
    entry.outcome,
    failure?.class ?? null,
    failure?.code ?? null,
    failure?.description ?? null,
    failure?.status ?? null,
    0,
    entry.transition,
    false,
    Math.round(log.durationMs),
    null,
    null,
    entry.oldFp,
    entry.newFp,
    null,
    log.workerId,
    at,
  ]
  return run(INSERT_ATTEMPT, values)
}
