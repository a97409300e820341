import { BaseEvent } from '@adonisjs/core/events'
import type { TransitionNotice } from '#services/refresh_report'

/** A connection's condition changed; told after the change was committed. */
export class ConnectionTransitioned extends BaseEvent {
  constructor(readonly notice: TransitionNotice) {
    super()
  }
}
