/** A part of what a run was asked to look at: a message `runs.selection.<key>` and what stands in it. */
export interface SelectionWord {
  key: string
  values: Record<string, string | number>
}

type Selected = (value: unknown) => SelectionWord[]

const SELECTED: Readonly<Record<string, Selected>> = {
  ids: (value) => (Array.isArray(value) ? [{ key: 'ids', values: { count: value.length } }] : []),
  provider: (value) => (typeof value === 'string' ? [{ key: 'provider', values: { provider: value } }] : []),
  expired: (value) => flag('expired', value),
  dueWithin: (value) =>
    typeof value === 'number' ? [{ key: 'due_within', values: { minutes: Math.round(value / 60_000) } }] : [],
  tag: (value) => (typeof value === 'string' ? [{ key: 'tag', values: { tag: value } }] : []),
  all: (value) => flag('all', value),
  force: (value) => flag('force', value),
  notRefreshedSince: (value) => flag('not_refreshed', typeof value === 'number'),
  inUse: (value) => flag('in_use', value !== null && typeof value === 'object'),
  narrow: (value) => narrowed(value),
}

/** Which accounts a run was about, in words; empty where it was about all. */
export function selectionWords(selection: Record<string, unknown> | null): SelectionWord[] {
  return Object.entries(selection ?? {}).flatMap(([key, value]) => SELECTED[key]?.(value) ?? [])
}

/** What was searched for, as people type it. */
export function searchOf(selection: Record<string, unknown> | null): string | null {
  const words = (selection?.narrow as { words?: Record<string, unknown> } | undefined)?.words ?? {}
  const status = typeof words.status === 'string' ? `status:${words.status}` : null
  const search = typeof words.search === 'string' ? words.search : null
  return [status, search].filter(Boolean).join(' ') || null
}

function narrowed(value: unknown): SelectionWord[] {
  const search = searchOf({ narrow: value })
  return search === null ? [] : [{ key: 'search', values: { search } }]
}

function flag(key: string, value: unknown): SelectionWord[] {
  return value === true ? [{ key, values: {} }] : []
}
