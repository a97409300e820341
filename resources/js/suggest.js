const PATIENCE = 120
let timer = null
let asked = 0

/** Suggestions below the search of accounts: the field becomes a combobox (WAI-ARIA) whose list the server makes. */
export function startSuggestions() {
  window.up.compiler('[data-search]', (input) => {
    Object.entries({
      'role': 'combobox',
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': 'suggestions',
    }).forEach(([name, value]) => input.setAttribute(name, value))
    input.addEventListener('input', () => later(input))
    input.addEventListener('focus', () => later(input))
    input.addEventListener('blur', () => close(input))
    input.addEventListener('keydown', (event) => steer(input, event))
    // What was asked for is the list now: the next key is meant for its rows.
    input.form.addEventListener('submit', () => input.blur())
  })
}

function later(input) {
  clearTimeout(timer)
  timer = setTimeout(() => ask(input), PATIENCE)
}

async function ask(input) {
  const turn = ++asked
  const text = input.value.slice(0, input.selectionStart ?? input.value.length)
  const answer = await fetch(`/accounts/suggestions?q=${encodeURIComponent(text)}`).catch(() => null)
  // A slow answer must not overtake what was typed since.
  if (turn !== asked || document.activeElement !== input) return
  const html = answer?.ok ? await answer.text() : ''
  close(input)
  if (!html.includes('id="suggestions"')) return
  input.insertAdjacentHTML('afterend', html)
  input.setAttribute('aria-expanded', 'true')
  list().addEventListener('mousedown', (event) => {
    event.preventDefault()
    const option = event.target.closest('[role=option]')
    if (option) take(input, option)
  })
}

const list = () => document.querySelector('#suggestions')
const current = () => list()?.querySelector('[aria-selected=true]')

function steer(input, event) {
  if (!list()) return
  const { key } = event
  if (key === 'ArrowDown' || key === 'ArrowUp') move(input, key === 'ArrowDown' ? 1 : -1)
  else if (key === 'Escape') close(input)
  else if ((key === 'Enter' || key === 'Tab') && current()) take(input, current())
  else return
  event.preventDefault()
  event.stopPropagation()
}

function move(input, step) {
  const options = [...list().children]
  const from = options.indexOf(current())
  const next = options[(from + step + options.length + (from < 0 && step < 0 ? 1 : 0)) % options.length]
  current()?.setAttribute('aria-selected', 'false')
  next.setAttribute('aria-selected', 'true')
  next.scrollIntoView({ block: 'nearest' })
  input.setAttribute('aria-activedescendant', next.id)
}

function take(input, { dataset }) {
  const rest = input.value.slice(input.selectionStart ?? input.value.length)
  input.value = dataset.text + rest.trimStart()
  input.setSelectionRange(dataset.text.length, dataset.text.length)
  close(input)
  if (dataset.open === 'true') ask(input)
}

function close(input) {
  clearTimeout(timer)
  asked += 1
  list()?.remove()
  input.setAttribute('aria-expanded', 'false')
  input.removeAttribute('aria-activedescendant')
}
