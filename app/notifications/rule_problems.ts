import type { Role } from '#models/membership'
import type { Rule } from '#notifications/rule_match'
import { NUMBER_FIELDS, RULE_NUMBERS, type NumberField } from '#notifications/rule_numbers'
import { EVENT_NAMES, PERSONAL_CHANNELS, SEVERITIES, type ChannelKind } from '#notifications/types'

/** A rule as somebody wants it. */
export type RuleInput = Omit<Rule, 'id'>

export interface RuleProblem {
  /** Null where the rule as a whole cannot be kept. */
  field: keyof RuleInput | NumberField | null
  /** For pages, which say it in other languages. */
  code: string
  values?: Readonly<Record<string, string | number>>
  message: string
}

/** Whose rule it is; a rule of an organization has no role and may use that organization's channels. */
export type RuleOwner = { role: Role } | { role: null; channels: ReadonlyMap<string, ChannelKind> }

const PROVIDER = /^[a-z0-9][a-z0-9._-]{0,63}$/
const LONGEST_NAME = 120
const LONGEST_TAG = 64
const LONGEST_LIST = 50
const FOLLOWERS: readonly Role[] = ['admin', 'operator', 'viewer']

/** What keeps a rule from being stored, in sentences for the person who wrote it. */
export function ruleProblems(input: RuleInput, owner: RuleOwner): RuleProblem[] {
  return [
    ...commonProblems(input),
    ...numberProblems(input),
    ...(owner.role === null ? sharedProblems(input, owner) : ownProblems(input, owner)),
  ]
}

function* commonProblems(input: RuleInput): Generator<RuleProblem> {
  const { name, events, providers, tags, severity, digest } = input
  if (name.trim() === '') yield { field: 'name', code: 'no_name', message: 'Give the rule a name.' }
  if (name.length > LONGEST_NAME)
    yield {
      field: 'name',
      code: 'long_name',
      values: { most: LONGEST_NAME },
      message: `A name has at most ${LONGEST_NAME} characters.`,
    }
  const unknown = events.filter((event) => !EVENT_NAMES.includes(event))
  if (unknown.length > 0)
    yield {
      field: 'events',
      code: 'unknown_event',
      values: { event: unknown[0] },
      message: `There is no event ${unknown[0]}.`,
    }
  if (!providers.every((id) => PROVIDER.test(id))) {
    yield { field: 'providers', code: 'bad_providers', message: 'Choose providers from the list.' }
  }
  if (!tags.every((tag) => tag.trim() !== '' && tag.length <= LONGEST_TAG)) {
    yield {
      field: 'tags',
      code: 'bad_tag',
      values: { most: LONGEST_TAG },
      message: `A tag has 1 to ${LONGEST_TAG} characters.`,
    }
  }
  for (const field of ['providers', 'tags', 'channels'] as const) {
    if (input[field].length > LONGEST_LIST) {
      yield {
        field,
        code: 'long_list',
        values: { most: LONGEST_LIST },
        message: `Choose at most ${LONGEST_LIST}, or none for all.`,
      }
    }
  }
  if (!SEVERITIES.includes(severity))
    yield { field: 'severity', code: 'bad_severity', message: 'Choose one of the severities.' }
  if (!['none', 'hourly', 'daily'].includes(digest)) {
    yield { field: 'digest', code: 'bad_digest', message: 'Choose at once, each hour or each day.' }
  }
}

/** A number about an event that the rule leaves out would never be asked for. */
function* numberProblems({ events, numbers }: RuleInput): Generator<RuleProblem> {
  for (const field of NUMBER_FIELDS) {
    const [number, { event, least, most }] = [numbers[field], RULE_NUMBERS[field]]
    if (number === null) continue
    if (!Number.isInteger(number) || number < least || number > most) {
      const message = `Write a whole number from ${least} to ${most}, or nothing.`
      yield { field, code: 'bad_number', values: { least, most }, message }
    } else if (events.length > 0 && !events.includes(event)) {
      const message = `This number is about ${event}: choose that event too, or write nothing.`
      yield { field, code: 'idle_number', message }
    }
  }
}

function* ownProblems(
  { events, scope, channels }: RuleInput,
  { role }: { role: Role }
): Generator<RuleProblem> {
  if (channels.length === 0)
    yield { field: 'channels', code: 'no_way', message: 'Choose at least one way to be told.' }
  if (!channels.every((channel) => PERSONAL_CHANNELS.some((one) => one === channel))) {
    yield { field: 'channels', code: 'bad_way', message: 'Choose inbox, push or e-mail.' }
  }
  if (events.includes('connection.refreshed')) {
    yield {
      field: 'events',
      code: 'refreshed_webhooks',
      message: 'Single refreshes are told to webhooks only.',
    }
  }
  if (scope === 'concerned') return
  if (scope !== 'organization' || !FOLLOWERS.includes(role)) {
    yield { field: 'scope', code: 'only_concerned', message: 'Your role hears of what concerns you.' }
  } else if (role === 'viewer' && channels.some((channel) => channel !== 'inbox')) {
    yield {
      field: 'channels',
      code: 'viewer_inbox',
      message: 'Viewers follow the whole organization in the inbox only.',
    }
  }
}

function* sharedProblems(
  { events, channels }: RuleInput,
  owner: { channels: ReadonlyMap<string, ChannelKind> }
): Generator<RuleProblem> {
  if (channels.length === 0)
    yield { field: 'channels', code: 'no_channel', message: 'Choose at least one channel.' }
  const kinds = channels.map((id) => owner.channels.get(id))
  if (kinds.includes(undefined)) {
    yield {
      field: 'channels',
      code: 'channel_gone',
      message: 'One of these channels is gone. Choose from the list.',
    }
  } else if (events.includes('connection.refreshed') && !kinds.includes('webhook')) {
    yield {
      field: 'events',
      code: 'refreshed_webhooks',
      message: 'Single refreshes are told to webhooks only. Choose a webhook channel.',
    }
  }
}
