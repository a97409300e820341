import type { HttpContext } from '@adonisjs/core/http'
import { isUnchanged } from '#controllers/admin/live_page'
import type { Done, Started } from '#services/jobs/job_types'
import { loadProviderFacts } from '#services/load_provider_facts'
import { latestRuns, listWorkers, refreshPlan } from '#services/schedule_pages'
import { planQuery, planView, schedulePlan } from '#transformers/schedule_plan'
import { scheduleRow } from '#transformers/schedule_row'
import { workerRow } from '#transformers/worker_row'

/** The jobs with their times, and the buttons that run, pause and resume them. */
export default class ScheduleController {
  async index(ctx: HttpContext) {
    const now = Date.now()
    // The plan is read by the poll of its own, which comes each minute, and not by that of the jobs.
    const isPlanWanted = ctx.request.header('x-up-target') !== '#schedule'
    const view = planView(ctx.request.input('plan'))
    const figures = {
      ...(await this.#jobs(ctx, now)),
      plan: isPlanWanted ? await this.#plan(ctx, view, now) : null,
    }
    if (isUnchanged(ctx, figures)) return
    return ctx.view.render('pages/schedule/index', { ...figures, view, now })
  }

  async #jobs(ctx: HttpContext, now: number) {
    const { organizationId } = ctx.membership
    const { i18n, words } = ctx
    const facts = await loadProviderFacts(organizationId)
    const nameOf = (id: string) => facts.look(id).name
    const speech = { t: i18n.t.bind(i18n), words, locale: i18n.locale, nameOf }
    const jobs = []
    for (const job of await (await jobsOf(ctx)).list(organizationId))
      jobs.push(scheduleRow(job, job.controllable ? await latestRuns(organizationId, job.name) : [], speech))
    return { jobs, workers: (await listWorkers()).map((worker) => workerRow(worker, now)) }
  }

  async #plan(ctx: HttpContext, view: ReturnType<typeof planView>, now: number) {
    const { organizationId } = ctx.membership
    const { providers } = await loadProviderFacts(organizationId)
    const planned = providers.map(({ id, refresh }) => ({
      id,
      windowed: refresh.keepAlive === 'while_authorized',
    }))
    const query = planQuery(view, now)
    const plan = await refreshPlan(organizationId, planned, query)
    return schedulePlan(plan, query, { t: ctx.i18n.t.bind(ctx.i18n), words: ctx.words })
  }

  /** Begins the job now and goes to its run, which may be one that was under way already. */
  async run(ctx: HttpContext) {
    const { organizationId } = ctx.membership
    const request = { organizationId, trigger: 'ui' as const, actor: actorOf(ctx) }
    const started = await (await jobsOf(ctx)).start(ctx.params.name, request)
    if (!started.ok) return leave(ctx, '/schedule', 'bad', refusal(ctx, started))
    if (started.joined) say(ctx, 'plain', ctx.i18n.t('schedule.joined'))
    return ctx.response.redirect().status(303).toPath(`/runs/${started.runId}`)
  }

  async pause(ctx: HttpContext) {
    const jobs = await jobsOf(ctx)
    const done = await jobs.pause(ctx.membership.organizationId, ctx.params.name, actorOf(ctx))
    return answer(ctx, done, 'schedule.paused')
  }

  async resume(ctx: HttpContext) {
    const done = await (await jobsOf(ctx)).resume(ctx.membership.organizationId, ctx.params.name)
    return answer(ctx, done, 'schedule.resumed')
  }

  /** Asks a run to end; what it has in flight is finished first. */
  async cancel(ctx: HttpContext) {
    const { id } = ctx.params
    const done = await (await jobsOf(ctx)).cancel(ctx.membership.organizationId, id)
    if (done.ok) return leave(ctx, `/runs/${id}`, 'good', ctx.i18n.t('runs.cancel.done'))
    if (done.reason === 'not_found') return leave(ctx, '/runs', 'bad', ctx.i18n.t('runs.cancel.not_found'))
    return leave(ctx, `/runs/${id}`, 'bad', ctx.i18n.t('runs.cancel.over'))
  }
}

async function jobsOf({ containerResolver }: HttpContext) {
  return (await containerResolver.make('engine')).jobs
}

/** Who asks, as the run and the pause remember it. */
function actorOf({ auth }: HttpContext): string {
  return auth.use('web').getUserOrFail().email
}

function answer(ctx: HttpContext, done: Done, text: 'schedule.paused' | 'schedule.resumed') {
  return done.ok
    ? leave(ctx, '/schedule', 'good', ctx.i18n.t(text))
    : leave(ctx, '/schedule', 'bad', refusal(ctx, done))
}

/** Why nothing was done, in the reader's language. */
function refusal({ i18n, params }: HttpContext, { reason }: Extract<Done | Started, { ok: false }>): string {
  return i18n.t(`schedule.refused.${reason}`, { job: String(params.name).slice(0, 64) })
}

function leave(ctx: HttpContext, page: string, tone: 'good' | 'bad', text: string) {
  say(ctx, tone, text)
  return ctx.response.redirect().status(303).toPath(page)
}

function say({ session }: HttpContext, tone: 'good' | 'bad' | 'plain', text: string): void {
  session.flash('notice', { tone, text })
}
