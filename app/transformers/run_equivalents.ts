import type Run from '#models/run'
import { searchOf } from '#transformers/run_selection_words'

/** How a run can be asked for elsewhere; null where there is no such way. */
export interface Equivalents {
  command: string | null
  curl: string | null
}

/** So many ids fit into a line that people copy. */
const MOST_IDS = 20
const CHANGES = /^connection:(pause|resume|reactivate|disconnect)$/

/** The command and the call that do the same as this run did. `url`: where this installation is reached. */
export function runEquivalents(run: Run, url: string): Equivalents {
  const { job, selection } = run
  const ids = Array.isArray(selection?.ids) ? (selection.ids as string[]) : []
  if (ids.length > MOST_IDS) return { command: null, curl: null }
  const search = searchOf(selection)
  const isFiltered = typeof selection?.narrow === 'object' && search === null
  if (!job.includes(':'))
    return { command: `node ace job:run ${quote(job)}`, curl: call(url, `/jobs/${job}/runs`) }
  // A condition that has no words cannot be told.
  if (isFiltered) return { command: null, curl: null }
  if (CHANGES.test(job)) return { command: change(run, ids, search), curl: null }
  if (job === 'token:verify') return { command: verify(run, ids), curl: null }
  if (job !== 'token:refresh') return { command: null, curl: null }
  return { command: refresh(run, ids, search), curl: refreshCall(run, ids, search, url) }
}

function refresh({ selection, kind }: Run, ids: string[], search: string | null): string {
  const { provider, expired, dueWithin, all, force } = selection
  const flags = [
    force === true && '--force',
    kind === 'test' && '--simulate',
    expired === true && '--expired',
    all === true && '--all',
    typeof provider === 'string' && `--provider=${quote(provider)}`,
    typeof dueWithin === 'number' && `--due-within=${Math.round(dueWithin / 60_000)}m`,
    search !== null && `--filter=${quote(search)}`,
  ]
  return ['node ace token:refresh', ...ids, ...flags.filter(Boolean)].join(' ')
}

function verify({ selection }: Run, ids: string[]): string {
  const { provider } = selection
  const flags = typeof provider === 'string' ? [`--provider=${quote(provider)}`] : []
  return ['node ace token:verify', ...ids, ...flags].join(' ')
}

function change({ job, selection }: Run, ids: string[], search: string | null): string | null {
  const filter = filterOf(selection, search)
  if (ids.length === 0 && filter === null) return null
  return [`node ace ${job}`, ...ids, ...(filter === null ? [] : [`--filter=${quote(filter)}`])].join(' ')
}

/** The API refreshes ids, or what a search finds; it knows no expiry of its own. */
function refreshCall({ selection, kind }: Run, ids: string[], search: string | null, url: string) {
  if (kind === 'test' || selection.expired || selection.dueWithin || selection.all) return null
  const force = selection.force === true
  const what = ids.length > 0 ? { ids } : { filter: filterOf(selection, search) ?? '' }
  return call(url, '/connections/refresh', { ...what, ...(force ? { force } : {}) })
}

function filterOf({ provider }: Record<string, unknown>, search: string | null): string | null {
  const named = typeof provider === 'string' ? `provider:${provider}` : null
  return [named, search].filter(Boolean).join(' ') || null
}

function call(url: string, path: string, body?: object): string {
  const key = '-H "Authorization: Bearer $EVERGRANT_KEY"'
  const json = body ? ` -H 'Content-Type: application/json' -d ${quote(JSON.stringify(body))}` : ''
  return `curl -X POST ${url}/api/v1${path} ${key}${json}`
}

/** For a POSIX shell. */
function quote(text: string): string {
  return /^[\w.:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
