import type { HttpContext } from '@adonisjs/core/http'
import { answerList, engineOf, notFound } from '#controllers/api/v1/answers'
import { writeProblem } from '#exceptions/problem'
import type Run from '#models/run'
import { storedResult } from '#services/jobs/stored_result'
import { findRun, runPage } from '#services/run_pages'
import { apiRun } from '#transformers/api_run'
import { runList } from '#validators/api/runs'
import { noInput, toCursor } from '#validators/api_input'

/** The runs of the organization, whoever asked for them. */
export default class RunsController {
  async index(ctx: HttpContext) {
    const { state = null, job = null, cursor: place, limit } = await runList(ctx.request.qs())
    const page = await runPage(ctx.apiKey.organizationId, { state, job }, toCursor(place), limit)
    return answerList(ctx, page.items.map(apiRun), page)
  }

  /** With `result`, the job's own JSON, once the run has left one. */
  async show(ctx: HttpContext) {
    await noInput(ctx.request.qs())
    const run = await findRun(ctx.apiKey.organizationId, ctx.params.id)
    return run ? answer(ctx, run) : notFound(ctx, 'run')
  }

  /** Asks a run to end early; what it has in flight is finished first. Asking again changes nothing. */
  async cancel(ctx: HttpContext) {
    await noInput(ctx.request.body())
    const { organizationId } = ctx.apiKey
    const done = await (await engineOf(ctx)).jobs.cancel(organizationId, ctx.params.id)
    if (!done.ok && done.reason !== 'over') return notFound(ctx, 'run')
    if (!done.ok) return writeProblem(ctx, { status: 409, code: 'run_over', detail: done.message })
    const run = await findRun(organizationId, ctx.params.id)
    return run ? answer(ctx, run) : notFound(ctx, 'run')
  }
}

async function answer({ response }: HttpContext, run: Run): Promise<void> {
  response.json({ ...apiRun(run), result: await storedResult(run) })
}
