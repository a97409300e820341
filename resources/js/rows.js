/**
 * Keys for lists, and for the account that is open, whose forms have a `data-act`. A list marks its rows with `data-row`;
 * within one, `data-row-select` is its checkbox, `data-row-open` what leads to it or opens it, `data-row-refresh` and
 * `data-row-pause` are forms. The row that holds the focus is the current one; one with nothing to open holds it itself.
 */
let anchor = null

const rows = () => [...document.querySelectorAll('[data-row]')].filter((row) => row.offsetParent !== null)
const current = () => document.activeElement?.closest('[data-row]') ?? null
const within = (name) => current()?.querySelector(`[data-row-${name}]`)

/** Moves to the next row, or the one before; from outside of the list to its first. */
export function moveRow(step) {
  const all = rows()
  const index = all.indexOf(current())
  const next = index < 0 ? all[0] : all[Math.max(0, Math.min(all.length - 1, index + step))]
  const opener = next?.querySelector('[data-row-open]') ?? next
  opener?.focus()
  next?.scrollIntoView({ block: 'nearest' })
}

/** Selects the current row, or takes it out of the selection. */
export function selectRow() {
  const box = within('select')
  box?.click()
  if (box) anchor = current()
}

/** Selects all rows from the last one that was selected to the current one. */
export function selectRange() {
  const all = rows()
  const [from, to] = [all.indexOf(anchor), all.indexOf(current())]
  if (to < 0) return
  if (from < 0) return selectRow()
  for (const row of all.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    const box = row.querySelector('[data-row-select]')
    if (box && !box.checked) box.click()
  }
}

/** Opens the current row. */
export function openRow() {
  within('open')?.click()
}

/** Sends the form of the current row, or of the account that is open: in a drawer, or as a page. */
export function actOnRow(name) {
  const opened = window.up.layer.current.element
  const form = within(name) ?? opened.querySelector(`[data-act="${name}"]`)
  form?.querySelector('button:not([disabled])')?.click()
}
