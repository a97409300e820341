/**
 * A drag across the bars of a chart opens their span of time, as the link of a bar does for one. `data-brush` says when the
 * chart begins, how long a bar is (in milliseconds) and how many there are. Escape calls a drag off.
 */
const FAR = 5
let drag = null

export function startBrush() {
  document.addEventListener('pointerdown', begin)
  document.addEventListener('pointermove', follow)
  document.addEventListener('pointerup', end)
  document.addEventListener('pointercancel', end)
  document.addEventListener('keydown', callOff, true)
  // The bars are links: they are not dragged away themselves, and not followed at the end of a drag.
  document.addEventListener('dragstart', (event) => isOnBars(event) && event.preventDefault())
  document.addEventListener('click', (event) => drag?.href && event.preventDefault(), true)
  window.up.on('up:fragment:poll', (event) => drag && event.preventDefault())
}

const isOnBars = ({ target }) => target.closest?.('[data-brush]')

function begin(event) {
  if (isOnBars(event) && event.button === 0) drag = { from: event.clientX }
}

function follow({ clientX }) {
  if (!drag || drag.off || (!drag.href && Math.abs(clientX - drag.from) < FAR)) return
  drag.href = choose(drag.from, clientX)
}

function end({ type }) {
  if (!drag) return
  if (type === 'pointerup' && drag.href && !drag.off) window.up.visit(drag.href).catch(clear)
  else clear()
  // The click that ends the drag comes first.
  setTimeout(() => (drag = null))
}

function callOff(event) {
  if (event.key !== 'Escape' || !drag?.href) return
  event.stopPropagation()
  drag.off = true
  clear()
}

/** Shows the span of the bars between two places, and returns where it leads. A poll may have swapped the chart meanwhile. */
function choose(...places) {
  const chart = document.querySelector('[data-brush]')
  if (!chart) return
  const [begin, step, count] = chart.dataset.brush.split(' ').map(Number)
  const { left, width } = chart.getBoundingClientRect()
  const bars = places.map((x) => Math.max(0, Math.min(count - 1, Math.floor(((x - left) / width) * count))))
  const [first, end] = [Math.min(...bars), Math.max(...bars) + 1]
  const [from, to] = [first, end].map((bar) => new Date(begin + bar * step).toISOString().slice(0, 16))
  const unit = chart.viewBox.baseVal.width / count
  show(first * unit, (end - first) * unit, `${said(from)} – ${said(to)}`)
  const url = new URL(chart.querySelector('a').getAttribute('href'), location)
  url.searchParams.set('from', `${from}Z`)
  url.searchParams.set('to', `${to}Z`)
  return url.pathname + url.search
}

/** Sets the band over the bars and the words above: of a span, or their own. */
function show(x, width, words) {
  const band = document.querySelector('[data-brush-band]')
  const note = document.querySelector('[data-brush-note]')
  band?.setAttribute('x', x)
  band?.setAttribute('width', width)
  if (note) note.textContent = words ?? note.dataset.brushNote
}

const said = (minute) => minute.slice(5).replace('T', ' ')
const clear = () => show(0, 0)
