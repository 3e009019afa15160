/** How badly the API answers. All rates are shares of 1; the same seed gives the same mishaps. */
export interface ApiFaults {
  /** 429 before anything is done. */
  readonly rateLimit: number
  /** 500 before anything is done. */
  readonly error: number
  /** The call is carried out and 500 is answered. */
  readonly errorAfter: number
  /** The connection is closed before anything is done. */
  readonly close: number
  /** The call is carried out and the connection closed without an answer. */
  readonly closeAfter: number
  /** No answer comes, and nothing is done, until the caller gives up. */
  readonly timeout: number
  /** The call is carried out and no answer comes. */
  readonly timeoutAfter: number
}

export const NO_FAULTS: ApiFaults = {
  rateLimit: 0,
  error: 0,
  errorAfter: 0,
  close: 0,
  closeAfter: 0,
  timeout: 0,
  timeoutAfter: 0,
}

export type Fault = keyof ApiFaults

/**
 * @throws {RangeError} naming the knob and the value.
 */
export function withFaults(base: ApiFaults, change: Partial<ApiFaults>): ApiFaults {
  for (const [knob, rate] of Object.entries(change)) {
    if (!(knob in NO_FAULTS)) {
      throw new RangeError(
        `faults: no knob "${knob}"; there are ${Object.keys(NO_FAULTS).join(', ')}`,
      )
    }
    if (typeof rate !== 'number' || !(rate >= 0 && rate <= 1)) {
      throw new RangeError(`faults: ${knob} is ${String(rate)}; it must be a rate between 0 and 1`)
    }
  }
  return { ...base, ...change }
}
