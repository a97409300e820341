import { togglePause } from './live.js'
import { actOnRow, moveRow, openRow, selectRange, selectRow } from './rows.js'
import { cycleTheme } from './theme.js'

const PATIENCE = 1000
let prefix = ''
let prefixAt = 0

const SHORTCUTS = {
  '/': () => document.querySelector('[data-search]')?.focus(),
  'j': () => moveRow(1),
  'k': () => moveRow(-1),
  'x': () => selectRow(),
  'X': () => selectRange(),
  'r': () => actOnRow('refresh'),
  'p': () => actOnRow('pause'),
  'l': () => togglePause(),
  't': () => cycleTheme(),
  '?': () => openHelp(),
}

/** Single-key shortcuts, which rest while somebody types or holds a modifier, and where they were switched off. */
export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return leaveSearch(event)
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (document.documentElement.dataset.shortcuts === 'off') return
    if (document.querySelector('dialog[open]')) return
    press(event)
  })
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-help-open]')) openHelp()
  })
}

function press(event) {
  const action = actionFor(event)
  prefix = event.key === 'g' ? 'g' : ''
  prefixAt = Date.now()
  if (!action || !document.querySelector('.shell')) return
  event.preventDefault()
  action()
}

/** After a `g`, the rail says where the next key leads; only what it offers this person can be gone to. */
function actionFor({ key, target }) {
  if (prefix === 'g' && Date.now() - prefixAt < PATIENCE) {
    const link = document.querySelector(`#rail a[data-keys="g ${CSS.escape(key)}"]`)
    return link ? () => window.up.visit(link.getAttribute('href')) : null
  }
  // Enter belongs to whatever has the focus; a checkbox has no use for it.
  if (key === 'Enter') return target.matches?.('[data-row-select]') ? openRow : null
  return SHORTCUTS[key] ?? null
}

/** In a field for text a key is a letter; a checkbox has no use for it. */
function isTyping(target) {
  if (!(target instanceof Element)) return false
  return (
    target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]') !==
    null
  )
}

/** The field goes back to the search that holds; the browser would empty it. */
function leaveSearch(event) {
  const { target } = event
  if (!(target instanceof HTMLInputElement && 'search' in target.dataset)) return
  event.preventDefault()
  target.value = target.defaultValue
  target.blur()
}

function openHelp() {
  document.querySelector('#user-menu:popover-open')?.hidePopover()
  document.querySelector('#help')?.showModal()
}
