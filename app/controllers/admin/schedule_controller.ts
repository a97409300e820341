import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import type { Done } from '#services/jobs/job_types'
import { latestRuns, listWorkers } from '#services/schedule_pages'
import { scheduleRow } from '#transformers/schedule_row'
import { workerRow } from '#transformers/worker_row'

/** The jobs with their times, and the buttons that run, pause and resume them. */
export default class ScheduleController {
  async index(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const now = Date.now()
    const jobs = []
    for (const job of await (await jobsOf(ctx)).list(organizationId))
      jobs.push(scheduleRow(job, await latestRuns(organizationId, job.name)))
    const workers = (await listWorkers()).map((worker) => workerRow(worker, now))
    if (isUnchanged(ctx, { jobs, workers })) return
    return ctx.view.render('pages/schedule/index', { jobs, workers, now })
  }

  /** Begins the job now and goes to its run, which may be one that was under way already. */
  async run(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const request = { organizationId, trigger: 'ui' as const, actor: actorOf(ctx) }
    const started = await (await jobsOf(ctx)).start(ctx.params.name, request)
    if (!started.ok) return leave(ctx, '/schedule', 'bad', started.message)
    if (started.joined) say(ctx, 'plain', 'This job was under way already. This is its run.')
    return ctx.response.redirect().status(303).toPath(`/runs/${started.runId}`)
  }

  async pause(ctx: HttpContext) {
    const jobs = await jobsOf(ctx)
    const done = await jobs.pause(ctx.membership.organizationId, ctx.params.name, actorOf(ctx))
    const text = 'Paused. The schedule passes over this job until it is resumed; it can still be run by hand.'
    return answer(ctx, done, '/schedule', text)
  }

  async resume(ctx: HttpContext) {
    const done = await (await jobsOf(ctx)).resume(ctx.membership.organizationId, ctx.params.name)
    return answer(ctx, done, '/schedule', 'Resumed. It runs at its next time.')
  }

  /** Asks a run to end; what it has in flight is finished first. */
  async cancel(ctx: HttpContext) {
    const { id } = ctx.params
    const done = await (await jobsOf(ctx)).cancel(ctx.membership.organizationId, id)
    const page = !done.ok && done.reason === 'not_found' ? '/runs' : `/runs/${id}`
    return answer(ctx, done, page, 'Cancelling. What is in flight is finished first.')
  }
}

async function jobsOf({ containerResolver }: HttpContext) {
  return (await containerResolver.make('engine')).jobs
}

/** Who asks, as the run and the pause remember it. */
function actorOf({ auth }: HttpContext): string {
  return auth.use('web').getUserOrFail().email
}

function answer(ctx: HttpContext, done: Done, page: string, text: string) {
  return done.ok ? leave(ctx, page, 'good', text) : leave(ctx, page, 'bad', done.message)
}

function leave(ctx: HttpContext, page: string, tone: 'good' | 'bad', text: string) {
  say(ctx, tone, text)
  return ctx.response.redirect().status(303).toPath(page)
}

function say({ session }: HttpContext, tone: 'good' | 'bad' | 'plain', text: string): void {
  session.flash('notice', { tone, text })
}
