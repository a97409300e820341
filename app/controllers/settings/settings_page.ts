import type { HttpContext } from '@adonisjs/core/http'
import type { People } from '#services/people/build_people'
import type { TwoFactorService } from '#services/two_factor/two_factor_service'
import { mayManage } from '#policies/roles'
import { settingsTabs, type SettingsTab } from '#transformers/settings_tabs'

/** Renders a page of the settings under its tab. */
export function settingsPage(
  { membership, view }: HttpContext,
  { page, tab, ...rest }: { page: string; tab: SettingsTab } & Record<string, unknown>
): Promise<string> {
  const { role } = membership
  return view.render(`pages/settings/${page}`, {
    tabs: settingsTabs(role),
    tab,
    mayManage: mayManage(role),
    ...rest,
  })
}

export function peopleOf({ containerResolver }: HttpContext): Promise<People> {
  return containerResolver.make('people')
}

export function twoFactorOf({ containerResolver }: HttpContext): Promise<TwoFactorService> {
  return containerResolver.make('twoFactor')
}

/** Problems by field, as sentences in the reader's language; the words are codes of `people.problem`. */
export function problemsIn({ i18n }: HttpContext, problems: Readonly<Record<string, string | undefined>>) {
  return Object.entries(problems).flatMap(([field, code]) =>
    code === undefined ? [] : [{ field, message: i18n.t(`people.problem.${code}`) }]
  )
}
