import type { HttpContext } from '@adonisjs/core/http'
import {
  byField,
  leave,
  notFound,
  notificationsOf,
  personOf,
  refuse,
  refusedForm,
  said,
  type UnsaidProblem,
} from '#controllers/notifications/form_answers'
import { refusedPreferences } from '#controllers/notifications/preferences_controller'
import { formChoices, ruleChoices } from '#controllers/notifications/rule_choices'
import { mailIsConfigured } from '#config/mail'
import { notAllowed } from '#exceptions/not_allowed'
import { mayFollowOrganization, mayManageAlerts } from '#policies/notification_policy'
import { defaultRules, emptyRule, ruleRow, ruleValues } from '#transformers/rule_row'
import { timeZones } from '#transformers/time_zones'
import { readRuleForm, type RuleFormValues } from '#validators/rule_form'

/** Where a form that was refused waits for the page that shows it again. */
const REFUSED = 'rules.refused'

interface Form {
  fresh: RuleFormValues
  ofOrganization: boolean
  action: string
  heading: string
}

/** What people hear of: each their own rules; admins and operators those of the organization's channels too. */
export default class RulesController {
  async index(ctx: HttpContext) {
    const { rules, preferences } = await notificationsOf(ctx)
    const person = personOf(ctx)
    const t = ctx.i18n.t.bind(ctx.i18n)
    const { named, channels } = await ruleChoices(ctx)
    const own = await rules.list(person)
    const shared = mayManageAlerts(person.role) ? await rules.ofOrganization(person.organizationId) : []
    const shown = own.length > 0 ? own : defaultRules(t).map((rule) => ({ ...rule, id: '', userId: '' }))
    const refused = refusedPreferences(ctx)
    return ctx.view.render('pages/alerts/rules', {
      own: shown.map((rule) => ruleRow(rule, named, { t, isDefault: own.length === 0 })),
      isDefault: own.length === 0,
      ofOrganization: shared.map((rule) => ruleRow(rule, named, { t })),
      hasChannels: channels.length > 0,
      preferences: refused?.values ?? (await preferences.find(person)),
      problems: refused?.problems ?? {},
      zones: timeZones(),
      mailIsConfigured: mailIsConfigured(),
    })
  }

  create(ctx: HttpContext) {
    const ofOrganization = ctx.request.input('for') === 'organization'
    if (ofOrganization && !mayManageAlerts(ctx.membership.role)) throw notAllowed(ctx, 'act')
    const channel: unknown = ctx.request.input('channel')
    const channels = ofOrganization ? [] : ['inbox']
    const fresh = emptyRule(typeof channel === 'string' && ofOrganization ? [channel] : channels)
    return this.#form(ctx, {
      fresh,
      ofOrganization,
      action: '/alerts/rules',
      heading: ctx.i18n.t('alerts.rule.add_title'),
    })
  }

  async edit(ctx: HttpContext) {
    const { rules } = await notificationsOf(ctx)
    const rule = await rules.find(personOf(ctx), ctx.params.id)
    if (!rule) throw notFound(ctx)
    const action = `/alerts/rules/${rule.id}`
    const ofOrganization = rule.userId === null
    return this.#form(ctx, {
      fresh: ruleValues(rule),
      ofOrganization,
      action,
      heading: ctx.i18n.t('alerts.rule.change_title'),
    })
  }

  async store(ctx: HttpContext) {
    const ofOrganization = ctx.request.input('for') === 'organization'
    if (ofOrganization && !mayManageAlerts(ctx.membership.role)) throw notAllowed(ctx, 'act')
    const { values, input, problems } = readRuleForm(ctx.request.body())
    const page = `/alerts/rules/new${ofOrganization ? '?for=organization' : ''}`
    if (problems.length > 0) return this.#refuse(ctx, page, values, problems)
    const { rules } = await notificationsOf(ctx)
    const saved = await rules.create(personOf(ctx), input, { ofOrganization })
    if (saved.ok) {
      ctx.audit?.about({ id: saved.id })
      return leave(ctx, '/alerts', ctx.i18n.t('alerts.rule.added', { name: input.name }))
    }
    return this.#refuse(ctx, page, values, saved.problems)
  }

  async update(ctx: HttpContext) {
    const { rules } = await notificationsOf(ctx)
    const rule = await rules.find(personOf(ctx), ctx.params.id)
    if (!rule) throw notFound(ctx)
    const { values, input, problems } = readRuleForm(ctx.request.body())
    const page = `/alerts/rules/${rule.id}`
    if (problems.length > 0) return this.#refuse(ctx, page, values, problems)
    const saved = await rules.update(personOf(ctx), rule.id, input)
    if (saved.ok) return leave(ctx, '/alerts', ctx.i18n.t('alerts.rule.saved', { name: input.name }))
    if ('isGone' in saved) throw notFound(ctx)
    return this.#refuse(ctx, page, values, saved.problems)
  }

  /** Makes the default the person's own, so that it can be changed; whoever has rules keeps those. */
  async adopt(ctx: HttpContext) {
    const { rules } = await notificationsOf(ctx)
    const person = personOf(ctx)
    if ((await rules.list(person)).length === 0)
      for (const rule of defaultRules(ctx.i18n.t.bind(ctx.i18n))) await rules.create(person, rule)
    return leave(ctx, '/alerts', ctx.i18n.t('alerts.rule.adopted'))
  }

  async destroy(ctx: HttpContext) {
    const { rules } = await notificationsOf(ctx)
    if (!(await rules.remove(personOf(ctx), ctx.params.id))) throw notFound(ctx)
    return leave(ctx, '/alerts', ctx.i18n.t('alerts.rule.removed'))
  }

  #refuse(ctx: HttpContext, page: string, values: RuleFormValues, problems: readonly UnsaidProblem[]) {
    return refuse(ctx, page, { name: REFUSED, values, problems: said(ctx, problems) })
  }

  async #form(ctx: HttpContext, { fresh, ofOrganization, action, heading }: Form) {
    const refused = refusedForm<RuleFormValues>(ctx, REFUSED)
    const values = refused?.values ?? fresh
    return ctx.view.render('pages/alerts/rule', {
      ...formChoices(await ruleChoices(ctx), {
        ...{ chosen: values.providers, ofOrganization },
        t: ctx.i18n.t.bind(ctx.i18n),
      }),
      ...{ values, ofOrganization, action, heading },
      problems: refused?.problems ?? byField([]),
      mayFollow: mayFollowOrganization(ctx.membership.role),
    })
  }
}
