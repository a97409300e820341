import { onOffline } from './live.js'
import { TIME } from './words.js'

/** The list of accounts: choosing rows, opening them, and what polls may change while somebody looks. */
const chosen = new Set()
const seen = new Map()
let last = null

export function startAccounts() {
  const { up } = window
  document.addEventListener('click', choose)
  document.addEventListener('click', openRow)
  document.addEventListener('change', ({ target }) => {
    if (target instanceof HTMLInputElement && target.matches('[data-select-page], [data-select-all]'))
      chooseAll(target)
  })
  // The popover has its size once it is open.
  document.addEventListener('toggle', ({ target, newState }) => newState === 'open' && place(target), true)
  up.compiler('[data-row]', restore)
  up.compiler('#bulk', show)
  up.on('up:fragment:poll', (event) => {
    if (isBusy(event.target)) event.preventDefault()
  })
  onOffline(stale)
}

const boxes = () => [...document.querySelectorAll('[data-row-select]')]

function choose(event) {
  const { target, shiftKey } = event
  if (!(target instanceof Element)) return
  if (target.closest('[data-select-none]')) return clear()
  if (!target.matches('[data-row-select]')) return
  const all = boxes()
  const [from, to] = [all.indexOf(last), all.indexOf(target)].sort((one, other) => one - other)
  const range = shiftKey && from >= 0 ? all.slice(from, to + 1) : [target]
  for (const box of range) mark(box, target.checked)
  last = target
  show()
  uncover(target)
}

/** The bar of the selection never hides what was just chosen: on a telephone it is as high as a card. */
function uncover(box) {
  const bar = document.querySelector('#bulk.is-open')
  const row = box.closest('[data-row]').getBoundingClientRect()
  const hidden = bar ? row.bottom + 8 - bar.getBoundingClientRect().top : 0
  if (hidden > 0) scrollBy({ top: hidden })
}

function mark(box, checked) {
  box.checked = checked
  if (checked) chosen.add(box.value)
  else chosen.delete(box.value)
}

function chooseAll(target) {
  if (target.matches('[data-select-page]')) for (const box of boxes()) mark(box, target.checked)
  show()
}

function clear() {
  const all = document.querySelector('[data-select-all]')
  if (all) all.checked = false
  for (const box of boxes()) mark(box, false)
  show()
}

/** The bar says how many are chosen, and shows only then. */
function show() {
  const bar = document.querySelector('#bulk')
  if (!bar) return
  const all = boxes()
  const count = all.filter(({ checked }) => checked).length
  const everything = bar.querySelector('[data-select-all]')
  const words = bar.querySelector('[data-bulk-count]')
  const number = everything?.checked ? everything.dataset.total : count
  words.textContent = words.dataset[number === 1 ? 'one' : 'other'].replace('{count}', number)
  bar.classList.toggle('is-open', count > 0 || Boolean(everything?.checked))
  for (const page of document.querySelectorAll('[data-select-page]')) {
    page.checked = count > 0 && count === all.length
    page.indeterminate = count > 0 && count < all.length
  }
}

/** A row that a poll brings anew stays chosen, and shows for a moment that it has changed. */
function restore(row, data) {
  const box = row.querySelector('[data-row-select]')
  if (box && chosen.has(box.value)) box.checked = true
  const now = JSON.stringify(data)
  const isPoll = seen.has(row.id) && seen.get(row.id) !== now
  seen.set(row.id, now)
  if (isPoll) row.classList.add('is-changed')
  if (box) queueMicrotask(show)
  return () => document.getElementById(row.id) ?? (box && chosen.delete(box.value))
}

/** A click anywhere on a row follows its link, unless it was meant for something in it or marked text. */
function openRow({ target, ctrlKey, metaKey }) {
  const row = target instanceof Element && target.closest('[data-row]')
  if (!row || target.closest('a, button, input, label, form, [popover]') || String(getSelection())) return
  const link = row.querySelector('a[data-row-open]')
  if (!link) return
  if (ctrlKey || metaKey) window.open(link.href, '_blank', 'noopener')
  else link.click()
}

/** Nothing is swapped below an open menu, nor below somebody's hand on the keyboard within a row of the list. */
function isBusy(list) {
  return (
    list.querySelector('[popover]:popover-open') !== null ||
    (list.id === 'accounts' && list.querySelector('[data-row] :focus-visible') !== null)
  )
}

function place(menu) {
  if (!(menu instanceof HTMLElement) || !menu.matches('.row-menu')) return
  const button = document.querySelector(`[popovertarget="${menu.id}"]`).getBoundingClientRect()
  const below = button.bottom + menu.offsetHeight + 12 < innerHeight
  menu.style.top = `${Math.max(8, below ? button.bottom + 4 : button.top - menu.offsetHeight - 4)}px`
  const width = menu.offsetWidth
  const left = button.left < innerWidth / 2 ? button.left : button.right - width
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - 8 - width))}px`
}

/** While the server does not answer, the last good table stays, dimmed, and says how old it is. */
function stale(at) {
  const list = document.querySelector('#accounts')
  const note = list?.querySelector('[data-stale]')
  if (!note) return
  list.classList.toggle('is-stale', at !== null)
  note.hidden = at === null
  const time = at === null ? '' : TIME.moment(at, Date.now())
  note.querySelector('[data-stale-words]').textContent = list.dataset.staleText.replace('{time}', time)
}
