import vine from '@vinejs/vine'
import { OUTCOMES, RUN_STATES } from '#services/run_pages'
import { REFRESH_KINDS } from '#token_refresh/types'
import { apiInput, flag, instant, listPart, text } from '#validators/api_input'

/** Running a job. */
export const jobRun = apiInput({ wait: flag().optional() })

/** The list of runs. */
export const runList = apiInput({
  state: vine.enum(RUN_STATES).optional(),
  job: text(64).optional(),
  ...listPart(),
})

/** The refresh log. */
export const attemptList = apiInput({
  outcome: vine.enum(OUTCOMES).optional(),
  kind: vine.enum(REFRESH_KINDS).optional(),
  provider: text(64).optional(),
  connection_id: vine.string().uuid().optional(),
  from: instant().optional(),
  to: instant().optional(),
  ...listPart(),
})

/** The period of the operating figures. */
export const period = apiInput({ from: instant().optional(), to: instant().optional() })
