import type { NormalizeConstructor } from '@adonisjs/core/types/helpers'
import { column, type BaseModel } from '@adonisjs/lucid/orm'
import type { DateTime } from 'luxon'
import { flag, instant } from '#models/columns'

/** What keeps an account alive, and what people set on it beside its provider's definition. */
export function withAccountSettings<Model extends NormalizeConstructor<typeof BaseModel>>(superclass: Model) {
  class WithAccountSettings extends superclass {
    /** Until when authorization windows keep it alive. */
    @instant()
    declare keepAliveUntil: DateTime | null

    /** Where it is kept alive otherwise than its provider's definition says. */
    @column()
    declare keepAlive: 'always' | 'while_authorized' | null

    /** A wish to be refreshed earlier than the provider's definition says, in milliseconds before the end. */
    @column()
    declare refreshMargin: number | null

    /** By how much of its window chance may bring its refresh forward, in percent; null: as usual. */
    @column()
    declare refreshJitter: number | null

    /** Those of high priority are refreshed first where more is due than there are free slots. */
    @column()
    declare priority: 'normal' | 'high'

    @flag()
    declare alertsMuted: boolean

    /** What people wrote down about the account. */
    @column()
    declare notes: string | null
  }
  return WithAccountSettings
}
