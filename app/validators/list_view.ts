/** Columns of the list that can be left out; name and status always show. */
export const COLUMNS = ['provider', 'expiry', 'deadline', 'last', 'next', 'strip', 'owner'] as const
export type Column = (typeof COLUMNS)[number]

/** How the list looks in this browser. */
export interface ListView {
  columns: Record<Column, boolean>
  dense: boolean
}

export const VIEW_COOKIE = 'accounts_view'

/** Reads the cookie; whatever makes no sense means all columns in the roomy rows. */
export function readListView(cookie: unknown): ListView {
  const found = typeof cookie === 'string' ? /^(roomy|dense)\.([a-z-]*)$/.exec(cookie) : null
  const chosen = found ? found[2].split('-') : [...COLUMNS]
  return { columns: shown(chosen), dense: found?.[1] === 'dense' }
}

/** Reads the form of the column chooser. */
export function listViewForm(input: Record<string, unknown>): ListView {
  const chosen = Array.isArray(input.columns) ? input.columns : [input.columns]
  return { columns: shown(chosen), dense: input.density === 'dense' }
}

/** The text that `readListView` reads. */
export function printListView({ columns, dense }: ListView): string {
  return `${dense ? 'dense' : 'roomy'}.${COLUMNS.filter((column) => columns[column]).join('-')}`
}

function shown(chosen: readonly unknown[]): ListView['columns'] {
  return Object.fromEntries(COLUMNS.map((column) => [column, chosen.includes(column)])) as ListView['columns']
}
