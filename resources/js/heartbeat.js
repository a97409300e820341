import { schedulerPulse } from '../../app/services/scheduler/scheduler_pulse.ts'
import { fill, TIME, WORDS } from './words.js'

const { span } = TIME
let answeredAt = 0
let age = null
let interval = null

/**
 * Shows how long ago the scheduler ticked. Every answer, a 304 too, brings the age in a header; between answers only
 * the text moves on, because a tick that nobody has told us of yet is no missing tick.
 */
export function startHeartbeat() {
  window.up.compiler('[data-heartbeat]', (element) => {
    const read = (text) => (text === '' || text === undefined ? null : Number(text))
    take(read(element.dataset.age), read(element.dataset.interval))
  })
  window.up.on('up:request:loaded', ({ response }) => {
    const found = /^(never|\d+);(\d+)$/.exec(response.header('X-Scheduler') ?? '')
    if (found) take(found[1] === 'never' ? null : Number(found[1]), Number(found[2]))
  })
  setInterval(() => document.hidden || show(), 1000)
}

function take(newAge, newInterval) {
  age = newAge
  interval = newInterval
  answeredAt = Date.now()
  show()
}

function show() {
  const element = document.querySelector('[data-heartbeat]')
  if (!element) return
  const pulse = schedulerPulse(age, interval)
  const { never, last } = WORDS.heartbeat
  const text = age === null ? never : fill(last, { span: span(age + Date.now() - answeredAt) })
  element.dataset.pulse = pulse
  element.querySelector('[data-heartbeat-text]').textContent = text
  const alert = document.querySelector('[data-scheduler-alert]')
  const hidden = pulse === 'ok' || pulse === 'late'
  if (alert && alert.hidden !== hidden) alert.hidden = hidden
}
