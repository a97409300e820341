import Factory from '@adonisjs/lucid/factories'
import { DateTime } from 'luxon'
import Run from '#models/run'
import { uuid } from '#models/uuid'

/** Finished runs of the command; merge `organizationId`. */
export const RunFactory = Factory.define(Run, () => ({
  id: uuid(),
  job: 'token:refresh',
  kind: 'manual',
  trigger: 'command' as const,
  selection: {},
  dryRun: false,
  state: 'finished' as const,
  total: 0,
  refreshed: 0,
  failed: 0,
  skipped: 0,
  startedAt: DateTime.utc().minus({ seconds: 2 }),
  finishedAt: DateTime.utc(),
})).build()
