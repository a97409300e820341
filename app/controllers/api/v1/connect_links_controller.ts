import app from '@adonisjs/core/services/app'
import type { HttpContext } from '@adonisjs/core/http'
import { actorOf, engineOf } from '#controllers/api/v1/answers'
import type Connection from '#models/connection'
import type { Provider } from '#oauth/types'
import type { Engine } from '#services/build_engine'
import { whyNotConnectable } from '#services/connectable'
import { returnUrlProblem } from '#services/connect_links/return_url'
import dashboard from '#services/dashboard_service'
import { connectLinkUrl } from '#transformers/connect_link_url'
import { connectLink } from '#validators/api/connections'
import { refuseFields } from '#validators/api_input'

/** How long a link lasts unless told, in seconds. */
const DAY = 24 * 60 * 60

type Asked = Awaited<ReturnType<typeof connectLink>>

/** Links by which people without an account here connect theirs, or renew it. */
export default class ConnectLinksController {
  /** With `connection_id` the link renews that connection only; else it connects the first account that comes by it. */
  async store(ctx: HttpContext) {
    const asked = await connectLink(ctx.request.body())
    const { organizationId } = ctx.apiKey
    const provider = await providerOf(await engineOf(ctx), organizationId, asked.provider)
    const renewed = await renewedBy(organizationId, asked, provider)
    const config = renewed?.config ?? asked.config ?? {}
    refuse('config', unknownVariable(provider, asked.config ?? {}))
    refuse('provider', whyNotConnectable(provider, config))
    const { return_url: returnUrl = null, expires_in: seconds = DAY } = asked
    refuse('return_url', returnUrl === null ? null : returnUrlProblem(returnUrl, !app.inProduction))
    const links = await ctx.containerResolver.make('connectLinks')
    const link = await links.create({
      ...{ organizationId, provider: provider.id, owner: asked.owner, config, returnUrl },
      connectionId: renewed?.id ?? null,
      lifetime: seconds * 1_000,
      createdBy: actorOf(ctx),
    })
    ctx.audit?.about({ id: link.id })
    const expiresAt = new Date(link.expiresAt).toISOString()
    ctx.response.status(201).json({ url: connectLinkUrl(link.id), expires_at: expiresAt })
  }
}

/** A provider that people can be sent to; accounts of some come only with those of another. */
async function providerOf({ catalogue }: Engine, organizationId: string, name: string): Promise<Provider> {
  const found = await catalogue.resolve(organizationId, name)
  if (!found) return refusedField('provider', catalogue.unknown(organizationId, name))
  const parent = catalogue.visibleTo(organizationId).find(({ children }) => children?.provider === found.id)
  if (!parent) return found
  return refusedField(
    'provider',
    `Accounts of ${found.name} come with those of ${parent.name}. Name "${parent.id}".`
  )
}

async function renewedBy(
  organizationId: string,
  { connection_id: id, owner }: Asked,
  provider: Provider
): Promise<Connection | null> {
  if (id === undefined) return null
  const connection = await dashboard.connection(organizationId, id)
  if (connection?.provider !== provider.id)
    return refusedField('connection_id', `There is no connection ${id} at ${provider.name}`)
  if (connection.owner !== owner) return refusedField('owner', 'This connection belongs to another owner')
  if (connection.parentId === null) return connection
  return refusedField(
    'connection_id',
    `It derives from ${connection.parentId}, which is to be renewed instead`
  )
}

function unknownVariable(provider: Provider, config: Record<string, string>): string | null {
  const unknown = Object.keys(config).find((name) => !Object.hasOwn(provider.config, name))
  return unknown === undefined ? null : `${provider.name} has no variable "${unknown.slice(0, 64)}"`
}

function refuse(field: string, message: string | null): void {
  if (message !== null) refuseFields([{ field, rule: 'possible', message }])
}

function refusedField(field: string, message: string): never {
  refuseFields([{ field, rule: 'known', message }])
  throw new Error('A refused field ends the call')
}
