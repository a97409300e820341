import { test } from '@japa/runner'
import { moreOf, pageOf, readingOf, shownOf } from '#controllers/admin/activity_reading'
import { encodeCursor } from '#services/account_cursor'
import { listLinks } from '#transformers/list_links'

const links = listLinks('/activity', { kind: 'manual' })
const place = (direction: 'next' | 'previous', createdAt: number) =>
  encodeCursor({ direction, createdAt, id: '01a20020-4b07-7ee4-84c6-6fe761a2b3c4' })
const [NEWEST, LAST] = [place('next', 9_000), place('next', 5_000)]
const read = (query: Record<string, string>, isTail = false) => readingOf(query, { links, isTail })
const paramsOf = (address: string) =>
  Object.fromEntries(new URL(address, 'https://a.example').searchParams) as Record<string, string>

test.group('Reading on in the activity', () => {
  test('what comes below a page are the next rows, and the address then names all of them', ({ assert }) => {
    const { from, address } = moreOf(read({}), LAST, NEWEST)!
    assert.deepEqual(paramsOf(address), { kind: 'manual', until: NEWEST, rows: '100' })
    assert.deepEqual(paramsOf(from), { ...paramsOf(address), after: LAST })
    const asked = read(paramsOf(from))
    assert.deepInclude(pageOf(asked), { until: null, size: 50 })
    assert.equal(pageOf(asked).cursor?.createdAt, 5_000)
    assert.equal(shownOf(asked, 20), 70)
    const visited = read(paramsOf(address))
    assert.deepInclude(pageOf(visited), { cursor: null, size: 100 })
    assert.equal(pageOf(visited).until?.createdAt, 9_000)
  })

  test('a page that was reached by its cursor grows from there', ({ assert }) => {
    const { address } = moreOf(read({ cursor: LAST }), place('next', 1_000), null)!
    assert.deepEqual(paramsOf(address), { kind: 'manual', cursor: LAST, rows: '100' })
  })

  test('a page of 200 rows is long enough, however many somebody asks for', ({ assert }) => {
    assert.isNotNull(moreOf(read({ rows: '150' }), LAST, NEWEST))
    assert.isNull(moreOf(read({ rows: '200' }), LAST, NEWEST))
    for (const [rows, size] of [
      ['999', 200],
      ['120', 100],
      ['7', 50],
      ['-50', 50],
      ['1e9', 50],
    ] as const)
      assert.equal(pageOf(read({ rows })).size, size, rows)
  })

  test('nothing grows at its end, with the live tail, nor on the way back to what is newer', ({ assert }) => {
    assert.isNull(moreOf(read({}), null, NEWEST))
    for (const reading of [
      read({ rows: '100' }, true),
      read({ rows: '100', cursor: place('previous', 1) }),
    ]) {
      assert.isNull(moreOf(reading, LAST, NEWEST))
      assert.equal(pageOf(reading).size, 50)
    }
  })
})
