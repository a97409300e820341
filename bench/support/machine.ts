import { cpus, release, totalmem, type } from 'node:os'
import type { Machine } from './types.js'

/** The machine that the samples were taken on. */
export function thisMachine(now: Date): Machine {
  const processors = cpus()
  return {
    date: now.toISOString().slice(0, 10),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
  }
}
