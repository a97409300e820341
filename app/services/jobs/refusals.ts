import type { Done, Started } from '#services/jobs/job_types'

type NotStarted = Extract<Started, { ok: false }>
type NotDone = Extract<Done, { ok: false }>

export const STOPPING: NotStarted = {
  ok: false,
  reason: 'stopping',
  message: 'This process is about to end. Try again in a moment.',
}

export const BEGUN_BEFORE: NotStarted = {
  ok: false,
  reason: 'begun_before',
  message: 'This time of the schedule was run before.',
}

export const BUSY: NotStarted = {
  ok: false,
  reason: 'busy',
  message: 'An earlier run of this job is still under way.',
}

export const NO_SUCH_RUN: NotDone = { ok: false, reason: 'not_found', message: 'There is no such run.' }
export const OVER: NotDone = { ok: false, reason: 'over', message: 'This run has ended already.' }

export function unknownJob(name: string, known: readonly string[]): NotStarted {
  const message = `There is no job "${name.slice(0, 64)}". These exist: ${known.join(', ')}.`
  return { ok: false, reason: 'unknown_job', message }
}

export function notRunnable(title: string): NotStarted {
  return { ok: false, reason: 'not_runnable', message: `${title} goes on all the time and has no runs.` }
}

export function noSuchJob(name: string): NotDone {
  return { ok: false, reason: 'not_found', message: `There is no job "${name.slice(0, 64)}".` }
}

export function cannotPause(title: string): NotDone {
  return { ok: false, reason: 'not_runnable', message: `${title} goes on all the time and cannot be paused.` }
}
