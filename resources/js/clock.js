import { SECONDS_BELOW } from '../../app/transformers/time_words.ts'
import { TIME } from './words.js'

const MINUTE = 60_000

/** Keeps every `<time data-clock>` and lifetime bar true: each second near the moment, else each minute. */
export function startClock() {
  let lastMinute = 0
  const tick = () => {
    const now = Date.now()
    const everything = now - lastMinute >= MINUTE
    if (everything) lastMinute = now
    update(document, now, everything)
  }
  setInterval(() => document.hidden || tick(), 1000)
  document.addEventListener('visibilitychange', () => {
    lastMinute = 0
    if (!document.hidden) tick()
  })
  window.up.compiler('main, [up-poll]', (element) => update(element, Date.now(), true))
}

function update(root, now, everything) {
  for (const time of root.querySelectorAll('time[data-clock]')) {
    const at = Date.parse(time.dateTime)
    const far = Math.abs(at - now) > SECONDS_BELOW + 2000
    if (!everything && far && time.dataset.clock !== 'countdown') continue
    const text = TIME[time.dataset.clock](at, now)
    if (time.textContent !== text) time.textContent = text
  }
  for (const bar of root.querySelectorAll('svg[data-lifetime]')) {
    const { from, to } = bar.dataset
    const share = Math.max(0, Math.min(1, (to - now) / (to - from)))
    bar.lastElementChild.setAttribute('width', String(Math.round(share * 100)))
  }
}
