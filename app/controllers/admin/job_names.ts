import type { HttpContext } from '@adonisjs/core/http'
import type { ProviderFacts } from '#services/provider_facts'
import { jobTitle } from '#transformers/job_title'

/** Lets this request's page call jobs and providers what people call them: `titleOf(job)`, `nameOf(provider)`. */
export function shareNames({ i18n, view }: HttpContext, facts: ProviderFacts): void {
  const nameOf = (provider: string) => facts.look(provider).name
  const t = i18n.t.bind(i18n)
  view.share({ nameOf, titleOf: (job: string) => jobTitle(job, { t, nameOf }) })
}
