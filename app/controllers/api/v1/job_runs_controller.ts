import type { HttpContext } from '@adonisjs/core/http'
import api from '#config/api'
import { actorOf, engineOf } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import { endedWithin } from '#services/jobs/ended_within'
import type { JobOutcome, Started, StartRefusal } from '#services/jobs/job_types'
import { findRun } from '#services/run_pages'
import { apiRun } from '#transformers/api_run'
import { jobRun } from '#validators/api/runs'
import { noInput } from '#validators/api_input'

/** Runs jobs (X5), as the schedule, a command and the page do. */
export default class JobRunsController {
  /** Begins the job, or joins the run that is under way. With `?wait=true` its own JSON, else 202 with the run. */
  async store(ctx: HttpContext) {
    const { wait = false } = await jobRun(ctx.request.qs())
    await noInput(ctx.request.body())
    const { jobs } = await engineOf(ctx)
    const { organizationId } = ctx.apiKey
    const request = { organizationId, trigger: 'api' as const, actor: actorOf(ctx) }
    const started = await jobs.start(ctx.params.name, request)
    if (!started.ok) return refuse(ctx, started)
    ctx.audit?.note({ run: started.runId, joined: started.joined })
    const outcome = wait ? await endedWithin(started.ended(), api.patience) : null
    ctx.response.header('Location', `/api/v1/runs/${started.runId}`)
    if (outcome !== null && isOver(outcome)) return answer(ctx, outcome)
    const run = await findRun(organizationId, started.runId)
    ctx.response.status(202).json({ ...(run && apiRun(run)), joined: started.joined })
  }
}

function isOver({ state }: JobOutcome): boolean {
  return state !== 'queued' && state !== 'running'
}

/** A run that broke off has no JSON of its own; its error stands in the run. */
function answer(ctx: HttpContext, { result, runId }: JobOutcome): void {
  if (result !== null) return ctx.response.json(result)
  const detail = `The run broke off. Look at /api/v1/runs/${runId}.`
  writeProblem(ctx, { status: 500, code: 'run_failed', detail })
}

const STATUS: Readonly<Record<StartRefusal, number>> = {
  unknown_job: 404,
  not_runnable: 409,
  stopping: 503,
  begun_before: 409,
  busy: 409,
}

function refuse(ctx: HttpContext, { reason, message: detail }: Extract<Started, { ok: false }>): void {
  const status = STATUS[reason]
  if (status === 503) ctx.response.header('Retry-After', String(api.retryAfterStop))
  writeProblem(ctx, { status, code: reason, detail })
}
