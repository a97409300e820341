import type { HttpContext } from '@adonisjs/core/http'
import { settingsPage } from '#controllers/settings/settings_page'
import type { Engine } from '#services/build_engine'
import { about } from '#services/doctor/about'
import { dataFacts } from '#services/doctor/data_facts'
import { examine } from '#services/doctor/doctor'
import { beginRotation } from '#services/key_rotation_run'
import { updateHint } from '#services/update/update_hint'

/** The pages about the installation as a whole: whether it is set up well, what it keeps, what it is. */
export default class InstallationController {
  async setup(ctx: HttpContext) {
    // The thorough check holds this process up for as long as it reads the whole file.
    const asked = { organizationId: ctx.membership.organizationId, thorough: false }
    const findings = await examine(await engineOf(ctx), asked)
    return settingsPage(ctx, { page: 'setup', tab: 'setup', findings })
  }

  async data(ctx: HttpContext) {
    const engine = await engineOf(ctx)
    const now = engine.clock.now()
    return settingsPage(ctx, { page: 'data', tab: 'data', now, data: await dataFacts(engine) })
  }

  async about(ctx: HttpContext) {
    const known = await about()
    const update = await updateHint(known.version)
    return settingsPage(ctx, { page: 'about', tab: 'about', about: known, update, now: Date.now() })
  }

  /** Ends on the page of the run that re-encrypts, for all organizations. */
  async rotate(ctx: HttpContext) {
    await ctx.audit?.concernsAll()
    const { organizationId } = ctx.membership
    const actor = ctx.auth.use('web').getUserOrFail().email
    const begun = await beginRotation({ organizationId, actor })
    if (begun) {
      ctx.audit?.note({ run: begun.runId })
      return ctx.response.redirect().status(303).toPath(`/runs/${begun.runId}`)
    }
    ctx.session.flash('notice', { tone: 'bad', text: ctx.i18n.t('setup.data.busy') })
    return ctx.response.redirect().status(303).toPath('/settings/data')
  }
}

function engineOf({ containerResolver }: HttpContext): Promise<Engine> {
  return containerResolver.make('engine')
}
