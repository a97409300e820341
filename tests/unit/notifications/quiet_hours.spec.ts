import { test } from '@japa/runner'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import { digestTime, dueAt, isZone, quietEnd } from '#notifications/quiet_hours'

const at = (text: string, zone = 'utc') => DateTime.fromISO(text, { zone }).toMillis()
const HOUR = 60 * 60_000

test.group('Quiet hours', () => {
  test('{$i}: at {now} in {zone}, quiet from {from} to {until}: {end}')
    .with([
      {
        now: '2026-11-21T23:00',
        zone: 'Europe/Paris',
        from: '22:00',
        until: '07:00',
        end: '2026-11-22T07:00',
      },
      {
        now: '2026-11-22T06:59',
        zone: 'Europe/Paris',
        from: '22:00',
        until: '07:00',
        end: '2026-11-22T07:00',
      },
      { now: '2026-11-22T07:00', zone: 'Europe/Paris', from: '22:00', until: '07:00', end: null },
      { now: '2026-11-21T21:59', zone: 'Europe/Paris', from: '22:00', until: '07:00', end: null },
      { now: '2026-11-21T13:30', zone: 'Asia/Tokyo', from: '13:00', until: '14:00', end: '2026-11-21T14:00' },
      {
        now: '2026-11-21T12:30',
        zone: 'Asia/Kolkata',
        from: '00:00',
        until: '23:59',
        end: '2026-11-21T23:59',
      },
      // The clock goes from 02:00 to 03:00: the night has eight hours, and 02:30 does not exist.
      {
        now: '2026-03-28T23:30',
        zone: 'Europe/Paris',
        from: '23:00',
        until: '07:00',
        end: '2026-03-29T07:00',
      },
      {
        now: '2026-03-29T01:59',
        zone: 'Europe/Paris',
        from: '01:00',
        until: '02:30',
        end: '2026-03-29T03:30',
      },
      // The clock goes back from 03:00 to 02:00: the night has ten hours.
      {
        now: '2026-10-24T23:30',
        zone: 'Europe/Paris',
        from: '23:00',
        until: '07:00',
        end: '2026-10-25T07:00',
      },
    ])
    .run(({ assert }, { now, zone, from, until, end }) => {
      const found = quietEnd(at(now, zone), { zone, quiet: { from, until } })
      assert.equal(found, end === null ? null : at(end, zone))
    })

  test('an end is always ahead, at most a day and an hour, and quiet itself no more', ({ assert }) => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'))
    const zones = ['Europe/Paris', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Tokyo', 'Pacific/Apia']
    const moment = fc.integer({ min: at('2026-01-01'), max: at('2027-12-31') })
    fc.assert(
      fc.property(moment, fc.constantFrom(...zones), time, time, (now, zone, from, until) => {
        fc.pre(from !== until)
        const habits = { zone, quiet: { from, until } }
        const end = quietEnd(now, habits)
        if (end === null) return
        assert.isAbove(end, now)
        assert.isAtMost(end - now, 25 * HOUR)
      })
    )
  })

  test('a zone that nobody knows is read as UTC', ({ assert }) => {
    const quiet = { from: '22:00', until: '07:00' }
    assert.equal(quietEnd(at('2026-11-21T23:00'), { zone: 'Mars/Base', quiet }), at('2026-11-22T07:00'))
    for (const zone of ['Mars/Base', 'local', 'UTC+3', '']) assert.isFalse(isZone(zone), zone)
    for (const zone of ['Europe/Paris', 'utc', 'UTC']) assert.isTrue(isZone(zone), zone)
  })
})

test.group('Digests and gathering', () => {
  test('an hourly digest leaves at the next full hour, a daily one at eight, of the wall clock', ({
    assert,
  }) => {
    const tokyo = 'Asia/Tokyo'
    assert.equal(digestTime(at('2026-11-21T12:00'), 'hourly', 'utc'), at('2026-11-21T13:00'))
    assert.equal(
      digestTime(at('2026-11-21T12:10', 'Asia/Kolkata'), 'hourly', 'Asia/Kolkata'),
      at('2026-11-21T13:00', 'Asia/Kolkata')
    )
    assert.equal(digestTime(at('2026-11-21T07:59', tokyo), 'daily', tokyo), at('2026-11-21T08:00', tokyo))
    assert.equal(digestTime(at('2026-11-21T08:00', tokyo), 'daily', tokyo), at('2026-11-22T08:00', tokyo))
    assert.equal(
      digestTime(at('2026-03-28T09:00', 'Europe/Paris'), 'daily', 'Europe/Paris'),
      at('2026-03-29T08:00', 'Europe/Paris')
    )
  })

  test('what is urgent gathers for ten seconds at most, and waits for neither digest nor morning', ({
    assert,
  }) => {
    const habits = { zone: 'utc', quiet: { from: '00:00', until: '23:59' } }
    const now = at('2026-11-21T12:00')
    assert.equal(dueAt('urgent', 'daily', habits, { now, gather: 30_000 }), now + 10_000)
    assert.equal(dueAt('urgent', 'none', habits, { now, gather: 3_000 }), now + 3_000)
    assert.equal(dueAt('high', 'none', habits, { now, gather: 30_000 }), at('2026-11-21T23:59'))
    assert.equal(dueAt('high', 'none', { zone: 'utc', quiet: null }, { now, gather: 30_000 }), now + 30_000)
  })

  test('a digest that would leave in quiet hours leaves when they end', ({ assert }) => {
    const habits = { zone: 'utc', quiet: { from: '22:00', until: '09:00' } }
    const now = at('2026-11-21T12:00')
    assert.equal(dueAt('normal', 'daily', habits, { now, gather: 30_000 }), at('2026-11-22T09:00'))
  })
})
