/** Raw samples of one contestant or size: one list per round, most often of one number. */
export interface Series {
  unit: string
  rounds: number[][]
}

/** What a measure brings back: raw samples, never results. */
export interface Samples {
  series: Record<string, Series>
  /** What a reader must know in order to judge them: versions, counts, what is missing and why. */
  notes: string[]
}

/** A percentile of each round of a series; the middle one unless told. */
export interface Pick {
  series: string
  percentile?: number
}

export interface Target {
  is: 'at least' | 'at most' | 'below' | 'exactly'
  value: number
}

/** A result that follows from the samples: the median over the rounds of `of`, or of the ratio `of` ÷ `per`. */
export interface Figure {
  /** What stands in the way, for the report of a run that misses the target. */
  whyMissed?: string
  title: string
  unit: string
  of: Pick
  per?: Pick
  /** Null where the figure only explains another one. */
  target: Target | null
  /** Does not depend on what else the machine does. The gate goes by these alone. */
  steady?: boolean
}

/** What a measure is given. */
export interface Context {
  /** For databases; emptied after the run. Measures of one run share what is costly to make. */
  folder: string
  seed: number
  rounds: number
  /** Scales counts, so that a measure can be tried out quickly. 1 in a run that counts. */
  scale: number
  /** What has no target only explains, and may be left out. */
  onlyTargets: boolean
  progress(text: string): void
}

/** One measure. It runs in a process of its own, so that none inherits the heap or the compiled code of another. */
export interface Measure {
  name: string
  /** How it is measured, in a sentence or two for the report. */
  how: string
  figures: readonly Figure[]
  run(context: Context): Promise<Samples>
}

/** A measure with its samples, as it stands in the file of samples. */
export interface Measured extends Samples {
  name: string
  command: string
  how: string
  figures: readonly Figure[]
  seconds: number
}

export interface Machine {
  date: string
  processor: string
  cores: number
  memory: string
  system: string
  node: string
}

/** Everything that a report is derived from. */
export interface SamplesFile {
  machine: Machine
  command: string
  seed: number
  measures: Measured[]
}
