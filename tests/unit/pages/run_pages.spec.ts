import { test } from '@japa/runner'
import type Run from '#models/run'
import { formatOf, REPORT_FORMATS } from '#services/run_reports/report_formats'
import type { ReportLine, ReportSource } from '#services/run_reports/run_report'
import { brushOf, histogramQuery } from '#transformers/activity_chart'
import { CHART_WIDTH } from '#transformers/chart'
import { answerWords } from '#transformers/answer_words'
import { runEquivalents } from '#transformers/run_equivalents'
import { barParts } from '#transformers/run_row'
import { cronWords, scheduleWords } from '#transformers/schedule_row'
import { timeWords } from '#transformers/time_words'
import { activityFilter, activityQuery } from '#validators/list_filters'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const NOW = Date.UTC(2026, 10, 21, 12, 34, 56)
const URL = 'https://tokens.example'

const aRun = (values: object) => ({ kind: 'manual', selection: {}, ...values }) as unknown as Run

test.group('The same run from elsewhere', () => {
  test('{job}: {command}')
    .with([
      { job: 'retention', selection: {}, command: 'node ace job:run retention' },
      { job: 'token:refresh', selection: {}, command: 'node ace token:refresh' },
      {
        job: 'token:refresh',
        selection: { ids: ['a', 'b'], force: true },
        command: 'node ace token:refresh a b --force',
      },
      {
        job: 'token:refresh',
        selection: { provider: 'twitch', expired: true, dueWithin: 3_600_000 },
        command: 'node ace token:refresh --expired --provider=twitch --due-within=60m',
      },
      {
        job: 'token:refresh',
        selection: { force: true, narrow: { words: { status: 'due', search: "tag:it's" } } },
        command: `node ace token:refresh --force --filter='status:due tag:it'\\''s'`,
      },
      {
        job: 'connection:pause',
        selection: { provider: 'x', narrow: { words: {} } },
        command: null,
      },
      { job: 'connection:pause', selection: { ids: ['a'] }, command: 'node ace connection:pause a' },
      { job: 'connection:tag', selection: { ids: ['a'], tag: 'vip' }, command: null },
      { job: 'token:verify', selection: { provider: 'x' }, command: 'node ace token:verify --provider=x' },
    ])
    .run(({ assert }, { job, selection, command }) => {
      assert.equal(runEquivalents(aRun({ job, selection }), URL).command, command)
    })

  test('the call of the API carries ids or a search, and no key', ({ assert }) => {
    const { curl } = runEquivalents(
      aRun({ job: 'token:refresh', selection: { ids: ['a'], force: true } }),
      URL
    )
    assert.include(curl, `curl -X POST ${URL}/api/v1/connections/refresh`)
    assert.include(curl, `'{"ids":["a"],"force":true}'`)
    assert.include(curl, 'Bearer $EVERGRANT_KEY')
    const searched = { provider: 'x', narrow: { words: { search: 'tag:vip' } } }
    assert.include(
      runEquivalents(aRun({ job: 'token:refresh', selection: searched }), URL).curl,
      '"filter":"provider:x tag:vip"'
    )
  })

  test('what the API cannot do, and what is too long to copy, is not offered', ({ assert }) => {
    const simulated = aRun({ job: 'token:refresh', kind: 'test' })
    assert.isNull(runEquivalents(simulated, URL).curl)
    assert.include(runEquivalents(simulated, URL).command, '--simulate')
    const many = Array.from({ length: 21 }, (_, index) => `${index}`)
    assert.deepEqual(runEquivalents(aRun({ job: 'token:refresh', selection: { ids: many } }), URL), {
      command: null,
      curl: null,
    })
  })
})

test.group('Bars of runs', () => {
  test('what is tried again is apart from what failed, and a single one stays visible', ({ assert }) => {
    const counts = { total: 1_000, refreshed: 900, failed: 2, skipped: 98, retrying: 1 }
    const parts = barParts(counts as Run)
    assert.deepEqual(
      parts.map(({ key }) => key),
      ['refreshed', 'retrying', 'failed', 'skipped']
    )
    assert.isTrue(parts.every(({ width, from }) => width >= 1 && from + width <= 100.01))
  })
})

test.group('Histogram of the log', () => {
  test('{length} ms are drawn in bars of {step} ms')
    .with([
      { length: MINUTE, step: MINUTE },
      { length: HOUR, step: MINUTE },
      { length: 3 * HOUR, step: 5 * MINUTE },
      { length: DAY, step: HOUR },
      { length: 7 * DAY, step: 6 * HOUR },
      { length: 30 * DAY, step: DAY },
    ])
    .run(({ assert }, { length, step }) => {
      const query = histogramQuery(NOW - length, null, NOW)
      assert.equal(query.step, step)
      assert.equal(query.from % step, 0)
      assert.isAtMost(query.from, NOW - length)
      assert.isAbove(query.from + query.step * query.count, NOW)
      assert.isAtMost(query.count, 75)
    })

  test('the chart of the same minute is the same chart', ({ assert }) => {
    assert.deepEqual(histogramQuery(NOW - HOUR, null, NOW), histogramQuery(NOW + 900 - HOUR, null, NOW + 900))
  })

  test('a span that somebody made up is bounded', ({ assert }) => {
    assert.isAtMost(histogramQuery(0, null, NOW).count, 120)
    assert.isAtLeast(histogramQuery(NOW + DAY, NOW + 2 * DAY, NOW).count, 1)
  })

  test('a span that bars were chosen for is drawn from its beginning to its end, all of it chosen', ({
    assert,
  }) => {
    const now = NOW - (NOW % HOUR) + 7 * MINUTE
    const chosen = { from: now - 7 * MINUTE - 6 * HOUR, to: now - 7 * MINUTE - 2 * HOUR }
    const query = histogramQuery(chosen.from, chosen.to, now)
    assert.equal(query.from, chosen.from)
    assert.equal(query.from + query.step * query.count, chosen.to)
    assert.isNull(brushOf(query, chosen).chosen)
    assert.isNull(brushOf(query, { from: null, to: null }).chosen)
  })

  test('a span shorter than an hour is marked within the hour around it', ({ assert }) => {
    const chosen = { from: NOW - 5 * HOUR, to: NOW - 5 * HOUR + 6 * MINUTE }
    const query = histogramQuery(chosen.from, chosen.to, NOW)
    const { from, step, chosen: mark } = brushOf(query, chosen)
    const unit = CHART_WIDTH / (query.step * query.count)
    assert.closeTo(mark!.x, (chosen.from - from) * unit, 0.001)
    assert.closeTo(mark!.width, 6 * MINUTE * unit, 0.001)
    assert.equal(step, MINUTE)
  })

  test('a period in the URL is read as it was written; nonsense is no period', ({ assert }) => {
    const query = { from: '2026-11-21T10:00Z', to: '2026-11-21T11:00Z' }
    const filter = activityFilter(query)
    assert.equal(filter.to! - filter.from!, HOUR)
    assert.containSubset(activityQuery(filter), query)
    for (const from of ['yesterday', '2026-11-21', '2026-13-41T10:00Z', ['2026-11-21T10:00Z']])
      assert.isNull(activityFilter({ from }).from)
    assert.isNull(activityFilter({ from: query.to, to: query.from }).from)
  })
})

test.group('Schedules in words', () => {
  test('{locale}: {expression}')
    .with([
      { locale: 'en', expression: '0 3 * * 0', words: 'At 03:00, only on Sunday' },
      { locale: 'fr', expression: '0 3 * * 0', words: 'À 03:00, uniquement le dimanche' },
      { locale: 'ja', expression: '0 * * * *', words: '毎時' },
      { locale: 'ja', expression: '0 3 * * 0', words: '03:00、日曜日にのみ' },
      { locale: 'ja', expression: '0 2,14 * * *', words: '02:00と14:00' },
      { locale: 'en', expression: 'nonsense', words: 'nonsense' },
    ])
    .run(({ assert }, { locale, expression, words }) => {
      assert.equal(cronWords(expression, locale), words)
    })
})

const HEAD = {
  ...{ run_id: 'r', job: 'a|b', kind: 'manual', trigger: 'ui', state: 'finished', dry_run: false },
  ...{ started_at: '2026-11-21T12:00:00.000Z', finished_at: null, duration_ms: 1_500 },
  ...{ total: 2, refreshed: 1, failed: 1, skipped: 0, retrying: 0, listed: 2 },
}

const aLine = (values: Partial<ReportLine>): ReportLine => ({
  ...{ connection_id: 'c', provider: 'x', name: 'Ana', status: 'refreshed', reason: null, error_code: null },
  ...{ old_expires_at: null, new_expires_at: null, retry_at: null },
  ...values,
})

async function written(format: 'json' | 'md' | 'xml', lines: ReportLine[]): Promise<string> {
  const providers = [{ provider: 'x', done: 1, failed: 1, planned: 0, skipped: 0, total: 2 }]
  const source: ReportSource = {
    head: HEAD,
    providers,
    lines: async function* () {
      yield* lines
    },
  }
  let text = ''
  for await (const chunk of REPORT_FORMATS[format].write(source)) text += chunk
  return text
}

test.group('Reports of runs', () => {
  const hostile = aLine({
    ...{ name: 'a|b\n# c <script>&\u0000"', status: 'failed', reason: 'rejected', error_code: '<b>]]>' },
  })

  test('JSON is one object, with or without results', async ({ assert }) => {
    assert.deepEqual(JSON.parse(await written('json', [])).results, [])
    const { results, ...head } = JSON.parse(await written('json', [aLine({}), hostile]))
    assert.deepEqual(results, [aLine({}), hostile])
    assert.deepEqual(head, { schema_version: 1, ...HEAD })
  })

  test('in Markdown a name ends no cell and becomes no markup', async ({ assert }) => {
    const text = await written('md', [hostile])
    assert.include(text, 'a\\|b \\# c \\<script\\>\\&')
    for (const row of text.split('\n').filter((line) => line.includes('rejected')))
      assert.lengthOf(row.replaceAll(/\\./g, '').match(/\|/g)!, 7)
  })

  test('in JUnit’s XML a name ends no attribute, and what XML cannot hold is left out', async ({
    assert,
  }) => {
    const text = await written('xml', [hostile])
    assert.include(text, '&lt;script&gt;&amp; &quot;')
    assert.notInclude(text, '\u0000')
    assert.include(text, '<testsuite name="x" tests="2" failures="1" skipped="0">')
    assert.include(text, '<failure type="failed" message="rejected">&lt;b&gt;]]&gt;</failure>')
  })

  test('the name of a file says the form of the report', ({ assert }) => {
    assert.deepEqual(
      ['a.json', 'a.MD', 'a.markdown', 'b/a.xml', 'a.txt', 'json', 'a.toString'].map(formatOf),
      [...(['json', 'md', 'md', 'xml', null, null, null] as const)]
    )
  })
})

test.group('A line of the refresh log', () => {
  test('what the provider answered is told once: {words}')
    .with([
      { httpStatus: 400, errorCode: 'invalid_grant', words: 'HTTP 400 invalid_grant' },
      { httpStatus: 400, errorCode: '400', words: 'HTTP 400' },
      { httpStatus: 502, errorCode: 'http_502', words: 'HTTP 502' },
      { httpStatus: null, errorCode: 'timeout', words: 'timeout' },
      { httpStatus: 200, errorCode: 'not_extended', words: null },
      { httpStatus: 200, errorCode: null, words: null },
    ])
    .run(({ assert }, { words, ...attempt }) => assert.equal(answerWords(attempt), words))
})

test.group('How often a job looks', () => {
  test('each second and each minute are not counted, longer lengths are: {every}')
    .with([
      { every: 1_000, words: 'schedule.every_second' },
      { every: MINUTE, words: 'schedule.every_minute' },
      { every: 10 * MINUTE, words: 'schedule.every 10 min' },
      { every: null, words: 'schedule.only_by_hand' },
    ])
    .run(({ assert }, { every, words }) => {
      const t = (key: string, values?: object) => [key, ...Object.values(values ?? {})].join(' ')
      const speech = { t, words: timeWords('en'), locale: 'en' }
      assert.equal(scheduleWords({ schedule: [], every }, speech), words)
    })
})
