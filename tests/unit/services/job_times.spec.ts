import { test } from '@japa/runner'
import { isCron, isTimeZone, latestTime, nextTime } from '#services/jobs/cron_times'
import { refreshSummary, toAccount } from '#services/jobs/job_results'
import { CATCH_UP, LatestTimes, owedTime } from '#services/jobs/owed_time'
import { schedule, timeZone } from '#start/env_rules'

const HOUR = 3_600_000
const at = (text: string) => Date.parse(text.length === 16 ? `${text}Z` : text)

/** All times of a schedule within a stretch, as ISO texts without seconds. */
function timesOf(expressions: string[], zone: string, from: string, until: string): string[] {
  const times: string[] = []
  let next = nextTime({ expressions, timeZone: zone }, at(from))
  while (next !== null && next <= at(until)) {
    times.push(new Date(next).toISOString().slice(0, 16))
    next = nextTime({ expressions, timeZone: zone }, next)
  }
  return times
}

test.group('Job times | cron', () => {
  for (const text of [
    '* * * * *',
    '0 0,7,14,21 * * *',
    '30 3 * * 0',
    '*/15 8-18 * * MON-FRI',
    ' 0  2 * * * ',
  ]) {
    test(`"${text}" is an expression`, ({ assert }) => assert.isTrue(isCron(text)))
  }

  for (const text of [
    '',
    'hourly',
    '0 2 * *',
    '0 0 2 * * *',
    '61 * * * *',
    '0 0 31 2 *',
    '0 25 * * *',
    'a b c d e',
  ]) {
    test(`"${text}" is none, or never fires`, ({ assert }) => assert.isFalse(isCron(text)))
  }

  test('a zone has to be in the database of time zones', ({ assert }) => {
    assert.isTrue(isTimeZone('UTC') && isTimeZone('Europe/Berlin'))
    assert.isFalse(isTimeZone('Mars/Olympus') || isTimeZone(''))
  })

  test('several expressions make one schedule, and a minute in two of them counts once', ({ assert }) => {
    const expressions = ['0 0,7,14,21 * * *', '30 3,10,17 * * *', '0 7 * * *']
    assert.deepEqual(timesOf(expressions, 'UTC', '2026-11-21T00:00', '2026-11-22T00:00'), [
      '2026-11-21T03:30',
      '2026-11-21T07:00',
      '2026-11-21T10:30',
      '2026-11-21T14:00',
      '2026-11-21T17:30',
      '2026-11-21T21:00',
      '2026-11-22T00:00',
    ])
  })
})

test.group('Job times | when clocks change', () => {
  const NEW_YORK = 'America/New_York'

  test('a time of day that does not exist happens at the first minute that does', ({ assert }) => {
    const times = timesOf(['30 2 * * *'], NEW_YORK, '2026-03-07T12:00', '2026-03-09T12:00')
    assert.deepEqual(times, ['2026-03-08T07:00', '2026-03-09T06:30'])
  })

  test('a time of day that exists twice happens once', ({ assert }) => {
    const times = timesOf(['30 1 * * *'], NEW_YORK, '2026-10-31T12:00', '2026-11-02T12:00')
    assert.deepEqual(times, ['2026-11-01T05:30', '2026-11-02T06:30'])
  })

  test('a list of hours loses none and doubles none', ({ assert }) => {
    const spring = timesOf(['30 1,2,3 * * *'], NEW_YORK, '2026-03-08T05:00', '2026-03-08T12:00')
    assert.deepEqual(spring, ['2026-03-08T06:30', '2026-03-08T07:00', '2026-03-08T07:30'])
    const autumn = timesOf(['30 0,1,2 * * *'], NEW_YORK, '2026-11-01T03:00', '2026-11-01T12:00')
    assert.deepEqual(autumn, ['2026-11-01T04:30', '2026-11-01T05:30', '2026-11-01T07:30'])
  })

  test('what happens each hour goes on in real time', ({ assert }) => {
    for (const day of ['2026-03-08', '2026-11-01']) {
      const times = timesOf(['0 * * * *'], NEW_YORK, `${day}T00:30`, `${day}T23:30`)
      assert.lengthOf(times, 23)
      assert.deepEqual(times, [...new Set(times)])
    }
  })
})

test.group('Job times | what is owed', () => {
  const NIGHTLY = { expressions: ['0 2 * * *'], timeZone: 'UTC' }
  const nothing = { since: 0, pausedAt: null, resumedAt: null, begun: null }

  test('the latest time that has passed and was not begun', ({ assert }) => {
    const latest = at('2026-11-21T02:00')
    assert.equal(owedTime(latest, nothing), latest)
    assert.isNull(owedTime(latest, { ...nothing, begun: latest }))
    assert.equal(owedTime(latest, { ...nothing, begun: latest - 24 * HOUR }), latest)
    assert.isNull(owedTime(null, nothing))
  })

  test('nothing of a pause, and nothing from before the organization existed', ({ assert }) => {
    const latest = at('2026-11-21T02:00')
    assert.isNull(owedTime(latest, { ...nothing, pausedAt: latest - HOUR }))
    assert.isNull(owedTime(latest, { ...nothing, resumedAt: latest + HOUR }))
    assert.isNull(owedTime(latest, { ...nothing, since: latest + 1 }))
  })

  test('the minute itself belongs to the time that is owed, the one before does not', ({ assert }) => {
    const time = at('2026-11-21T02:00')
    assert.equal(latestTime(NIGHTLY, time - CATCH_UP, time), time)
    assert.isNull(latestTime(NIGHTLY, time - HOUR, time - 1))
  })

  test('of many missed times the latest, of a day at most', ({ assert }) => {
    const hourly = { expressions: ['0 * * * *'], timeZone: 'UTC' }
    assert.equal(new LatestTimes().of('job', hourly, at('2026-11-21T12:40')), at('2026-11-21T12:00'))
    const yearly = { expressions: ['0 3 1 1 *'], timeZone: 'UTC' }
    assert.isNull(new LatestTimes().of('job', yearly, at('2026-01-03T00:00')))
    assert.equal(new LatestTimes().of('job', yearly, at('2026-01-02T02:59')), at('2026-01-01T03:00'))
  })

  test('a look goes on from the last one, forgets what is older than a day, and follows a clock that is set back', ({
    assert,
  }) => {
    const times = new LatestTimes()
    assert.equal(times.of('job', NIGHTLY, at('2026-11-21T01:59')), at('2026-11-20T02:00'))
    assert.equal(times.of('job', NIGHTLY, at('2026-11-21T02:00')), at('2026-11-21T02:00'))
    assert.equal(times.of('job', NIGHTLY, at('2026-11-21T02:01')), at('2026-11-21T02:00'))
    assert.equal(times.of('job', NIGHTLY, at('2026-11-20T12:00')), at('2026-11-20T02:00'))
    assert.equal(times.of('job', NIGHTLY, at('2026-11-29T12:00')), at('2026-11-29T02:00'))
    const other = { expressions: ['0 11 * * *'], timeZone: 'UTC' }
    assert.equal(times.of('job', other, at('2026-11-29T12:00')), at('2026-11-29T11:00'))
  })
})

test.group('Job times | in the environment', () => {
  const check = schedule.optional()

  test('several expressions are separated by semicolons, off means none, nothing leaves the default', ({
    assert,
  }) => {
    assert.deepEqual(check('SCHEDULE_X', '0 2 * * *; 30 14 * * *'), ['0 2 * * *', '30 14 * * *'])
    assert.deepEqual(check('SCHEDULE_X', 'off'), [])
    assert.isUndefined(check('SCHEDULE_X', ''))
    assert.isUndefined(check('SCHEDULE_X'))
  })

  test('what is none is refused with the name of the variable and the expression', ({ assert }) => {
    const message =
      /^SCHEDULE_X must be cron expressions of five fields .*"0 0 31 2 \*" is none, or never fires$/
    assert.throws(() => check('SCHEDULE_X', '0 2 * * *;0 0 31 2 *'), message)
    const zone = timeZone.optional()
    assert.equal(zone('SCHEDULE_TIMEZONE', 'Europe/Berlin'), 'Europe/Berlin')
    assert.throws(
      () => zone('SCHEDULE_TIMEZONE', 'Berlin'),
      /^SCHEDULE_TIMEZONE must be the name of a time zone/
    )
  })
})

test.group('Job times | the JSON of a refresh job', () => {
  const counts = { refreshed: 1, failed: 1, skipped: 1 }

  test('counts, words and one line for each account', ({ assert }) => {
    const told = { success: true, message: 'Refreshed 1 tokens', refreshed: 1, failed: 1, skipped: 1 }
    assert.deepEqual(refreshSummary(counts, true), told)
    const words = ['refreshed', 'failed', 'skipped'].map((status) =>
      toAccount({ connectionId: status, username: null, status })
    )
    assert.deepEqual(words, [
      { account_id: 'refreshed', username: null, status: 'success' },
      { account_id: 'failed', username: null, status: 'failed' },
      { account_id: 'skipped', username: null, status: 'skipped' },
    ])
  })

  test('nothing to do is said in its own words, and a run that was ended early is no success', ({
    assert,
  }) => {
    const idle = { refreshed: 0, failed: 0, skipped: 1 }
    assert.equal(refreshSummary(idle, true).message, 'No tokens require refreshing')
    assert.isFalse(refreshSummary(counts, false).success)
  })
})
