import { togglePause } from './live.js'
import { cycleTheme } from './theme.js'

const PATIENCE = 1000
let prefix = ''
let prefixAt = 0

const SHORTCUTS = {
  '/': () => document.querySelector('[data-search]')?.focus(),
  'ga': () => visit('/accounts'),
  'gc': () => visit('/campaigns'),
  'gp': () => visit('/providers'),
  'gr': () => visit('/runs'),
  'gl': () => visit('/activity'),
  'gi': () => visit('/inbox'),
  'l': () => togglePause(),
  't': () => cycleTheme(),
  '?': () => openHelp(),
}

/** Only what the rail offers this person can be gone to. */
function visit(path) {
  if (document.querySelector(`#rail a[href="${path}"]`)) window.up.visit(path)
}

/** Single-key shortcuts, which rest while somebody types or holds a modifier. */
export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') return leaveSearch(event)
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
    if (document.querySelector('dialog[open]')) return
    press(event)
  })
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.closest('[data-help-open]')) openHelp()
  })
}

function press(event) {
  const started = Date.now() - prefixAt < PATIENCE ? prefix : ''
  const action = SHORTCUTS[started + event.key]
  prefix = event.key === 'g' ? 'g' : ''
  prefixAt = Date.now()
  if (!action || !document.querySelector('.shell')) return
  event.preventDefault()
  action()
}

function isTyping(target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null
}

function leaveSearch({ target }) {
  if (target instanceof HTMLElement && 'search' in target.dataset) target.blur()
}

function openHelp() {
  document.querySelector('#user-menu:popover-open')?.hidePopover()
  document.querySelector('#help')?.showModal()
}
