import type { Role } from '#models/membership'
import type { Rule } from '#notifications/rule_match'
import { EVENT_NAMES, PERSONAL_CHANNELS, SEVERITIES, type ChannelKind } from '#notifications/types'

/** A rule as somebody wants it. */
export type RuleInput = Omit<Rule, 'id'>

export interface RuleProblem {
  /** Null where the rule as a whole cannot be kept. */
  field: keyof RuleInput | null
  message: string
}

/** Whose rule it is; a rule of an organization has no role and may use that organization's channels. */
export type RuleOwner = { role: Role } | { role: null; channels: ReadonlyMap<string, ChannelKind> }

const PROVIDER = /^[a-z0-9][a-z0-9._-]{0,63}$/
const LONGEST_TAG = 64
const LONGEST_LIST = 50
const FOLLOWERS: readonly Role[] = ['admin', 'operator', 'viewer']

/** What keeps a rule from being stored, in sentences for the person who wrote it. */
export function ruleProblems(input: RuleInput, owner: RuleOwner): RuleProblem[] {
  return [
    ...commonProblems(input),
    ...(owner.role === null ? sharedProblems(input, owner) : ownProblems(input, owner)),
  ]
}

function* commonProblems(input: RuleInput): Generator<RuleProblem> {
  const { name, events, providers, tags, severity, digest } = input
  if (name.trim() === '') yield { field: 'name', message: 'Give the rule a name.' }
  if (name.length > 120) yield { field: 'name', message: 'A name has at most 120 characters.' }
  const unknown = events.filter((event) => !EVENT_NAMES.includes(event))
  if (unknown.length > 0) yield { field: 'events', message: `There is no event ${unknown[0]}.` }
  if (!providers.every((id) => PROVIDER.test(id))) {
    yield { field: 'providers', message: 'Choose providers from the list.' }
  }
  if (!tags.every((tag) => tag.trim() !== '' && tag.length <= LONGEST_TAG)) {
    yield { field: 'tags', message: `A tag has 1 to ${LONGEST_TAG} characters.` }
  }
  for (const field of ['providers', 'tags', 'channels'] as const) {
    if (input[field].length > LONGEST_LIST) {
      yield { field, message: `Choose at most ${LONGEST_LIST}, or none for all.` }
    }
  }
  if (!SEVERITIES.includes(severity)) yield { field: 'severity', message: 'Choose one of the severities.' }
  if (!['none', 'hourly', 'daily'].includes(digest)) {
    yield { field: 'digest', message: 'Choose at once, each hour or each day.' }
  }
}

function* ownProblems(
  { events, scope, channels }: RuleInput,
  { role }: { role: Role }
): Generator<RuleProblem> {
  if (channels.length === 0) yield { field: 'channels', message: 'Choose at least one way to be told.' }
  if (!channels.every((channel) => PERSONAL_CHANNELS.some((one) => one === channel))) {
    yield { field: 'channels', message: 'Choose inbox, push or e-mail.' }
  }
  if (events.includes('connection.refreshed')) {
    yield { field: 'events', message: 'Single refreshes are told to webhooks only.' }
  }
  if (scope === 'concerned') return
  if (scope !== 'organization' || !FOLLOWERS.includes(role)) {
    yield { field: 'scope', message: 'Your role hears of what concerns you.' }
  } else if (role === 'viewer' && channels.some((channel) => channel !== 'inbox')) {
    yield { field: 'channels', message: 'Viewers follow the whole organization in the inbox only.' }
  }
}

function* sharedProblems(
  { events, channels }: RuleInput,
  owner: { channels: ReadonlyMap<string, ChannelKind> }
): Generator<RuleProblem> {
  if (channels.length === 0) yield { field: 'channels', message: 'Choose at least one channel.' }
  const kinds = channels.map((id) => owner.channels.get(id))
  if (kinds.includes(undefined)) {
    yield { field: 'channels', message: 'One of these channels is gone. Choose from the list.' }
  } else if (events.includes('connection.refreshed') && !kinds.includes('webhook')) {
    yield {
      field: 'events',
      message: 'Single refreshes are told to webhooks only. Choose a webhook channel.',
    }
  }
}
