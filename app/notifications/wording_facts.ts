import { IN_SENTENCE, IN_TITLE, namesIn, plain, whoIn } from '#notifications/wording_names'
import { noticeOf, type Kind } from '#notifications/wording_kinds'
import type { Speech } from '#notifications/wording_speech'
import type { Matter } from '#notifications/types'

/** The values that the messages of a catalogue may use. */
export type Facts = Record<string, string | number>

/** Everything that a text about a matter may tell, written for its reader. What is not known is empty. */
export function factsOf(matter: Matter, kind: Kind, speech: Speech, isStaff: boolean): Facts {
  const { count, data, firstAt, providerName, provider } = matter
  return {
    count,
    who: whoIn(matter, speech, isStaff),
    names: namesIn(matter, speech, isStaff),
    provider: plain(providerName ?? provider, IN_TITLE) || speech.say('notifications.names.provider'),
    since: speech.moment(kind === 'scheduler_stalled' ? firstAt - figure(data.value) : firstAt),
    ...deadlineFacts(matter, speech),
    ...{ days: noticeOf(data), attempts: figure(data.attempts) },
    campaign: plain(data.campaign, IN_SENTENCE) || speech.say('notifications.names.campaign'),
    job: jobName(data.job, speech),
    ...figuresOf(matter, kind, speech),
    receiver: receiverName(data, speech),
  }
}

/** Each of several accounts has a deadline of its own. */
function deadlineFacts({ count, data }: Matter, speech: Speech): Facts {
  const at = [data.deadline, data.expiresAt].find((value) => typeof value === 'number')
  if (count > 1 || typeof at !== 'number') return { date: '', deadline: '', hasDeadline: 'no' }
  return { date: speech.day(at), deadline: speech.moment(at, { withYear: true }), hasDeadline: 'yes' }
}

const NO_FIGURES: Facts = { value: '', limit: '', sample: 0, total: 0, subject: '' }

function figuresOf(matter: Matter, kind: Kind, speech: Speech): Facts {
  if (matter.event === 'figures.alert') return figureFacts(matter, kind, speech)
  if (kind !== 'run_accounts') return NO_FIGURES
  const [total, sample] = [figure(matter.data.failed), figure(matter.data.accounts)]
  return { ...NO_FIGURES, value: speech.percent(sample > 0 ? total / sample : 0), sample, total }
}

/** Rates are shares, run times lengths; `total` is a number of refreshes. */
function figureFacts({ data, providerName }: Matter, kind: Kind, speech: Speech): Facts {
  const [value, limit] = [figure(data.value), figure(data.limit)]
  const write = (one: number) => (kind === 'run_time' ? speech.span(one) : speech.percent(one))
  const [what, name] = plain(data.subject, IN_SENTENCE).split(/:(.*)/s)
  const subject = what === 'job' ? jobName(name, speech) : plain(providerName, IN_TITLE) || (name ?? what)
  return { value: write(value), limit: write(limit), sample: figure(data.sample), total: value, subject }
}

/** Jobs have a name for people in the catalogue; one that is not there shows its own. */
function jobName(job: unknown, speech: Speech): string {
  const name = plain(job, IN_TITLE)
  const key = `notifications.jobs.${name}`
  return speech.knows(key) ? speech.say(key) : name
}

function receiverName({ name, kind }: Matter['data'], speech: Speech): string {
  const key = `notifications.receivers.${String(kind)}`
  const general = speech.say(speech.knows(key) ? key : 'notifications.names.receiver')
  return plain(name, IN_TITLE) || general
}

function figure(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
