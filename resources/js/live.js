import { fill, TIME, WORDS } from './words.js'

const MARKS = { live: '●', paused: '❚❚', offline: '✕' }
const listeners = new Set()
let pausedByPerson = false
let offlineSince = null

/** Follows the polls: paused by the person or a hidden tab, offline when the server does not answer. */
export function startLive() {
  const { up } = window
  up.on('up:fragment:poll', (event) => {
    if (pausedByPerson) event.preventDefault()
    // What somebody waits for within the polled part goes on.
    event.renderOptions.abort = false
    // Nothing moves below who has scrolled down to read; above, the list goes on by itself.
    const { still } = event.target.dataset
    if (still && event.target.getBoundingClientRect().top < 0) event.renderOptions.url = still
  })
  up.on('up:request:loaded', ({ response }) => answered(isAnswer(response)))
  up.on('up:request:offline', (event) => {
    event.preventDefault()
    answered(false)
  })
  window.addEventListener('unhandledrejection', (event) => {
    if (event.reason instanceof up.Offline) event.preventDefault()
  })
  document.addEventListener('visibilitychange', announce)
}

/** A proxy answers for a server that is gone, and a server in trouble has nothing to show: both are no answer. */
export const isAnswer = ({ status }) => status < 500

/** Tells since when the server does not answer, in milliseconds, whenever that changes; null while it does. */
export function onOffline(listener) {
  listeners.add(() => listener(offlineSince))
}

/** Pauses or resumes live updates. */
export function togglePause() {
  pausedByPerson = !pausedByPerson
  announce()
}

function answered(yes) {
  if (yes === (offlineSince === null)) return
  offlineSince = yes ? null : Date.now()
  announce()
}

function announce() {
  for (const listener of listeners) listener()
}

function currentState() {
  if (pausedByPerson || document.hidden) return 'paused'
  return offlineSince === null ? 'live' : 'offline'
}

function labelFor(state) {
  if (state !== 'offline') return WORDS.live[state]
  return fill(WORDS.live.offline, { time: TIME.moment(offlineSince, Date.now()) })
}

/** Alpine: the indicator in the top bar, a button that pauses. */
export function liveIndicator() {
  return {
    state: currentState(),
    mark: MARKS[currentState()],
    label: labelFor(currentState()),
    pressed: String(pausedByPerson),
    init() {
      this.follow = () => {
        this.state = currentState()
        this.mark = MARKS[this.state]
        this.label = labelFor(this.state)
        this.pressed = String(pausedByPerson)
      }
      listeners.add(this.follow)
    },
    destroy() {
      listeners.delete(this.follow)
    },
    toggle() {
      togglePause()
    },
  }
}
