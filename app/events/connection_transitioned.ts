import { BaseEvent } from '@adonisjs/core/events'
import type { Transition } from '#token_refresh/types'

/** A change of a connection's condition. */
export interface TransitionNotice {
  transition: Transition
  connectionId: string
  organizationId: string
  provider: string
  /** The refresh that brought it about; null where a verification did. */
  attemptId: string | null
}

/** A connection's condition changed; told after the change was committed. */
export class ConnectionTransitioned extends BaseEvent {
  constructor(readonly notice: TransitionNotice) {
    super()
  }
}
