/**
 * A seeded source of randomness (sfc32 over a hashed seed), so that the same seed gives the same
 * run: ids, chaos and all. Not for secrets.
 */
export class Random {
  readonly #state = new Uint32Array(4)

  constructor(seed: string) {
    let hash = 0x811c9dc5
    for (let round = 0; round < 4; round += 1) {
      for (const character of `${seed}#${String(round)}`) {
        hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
      }
      this.#state[round] = hash
    }
    for (let warm = 0; warm < 16; warm += 1) this.next()
  }

  /** A number in [0, 1). */
  next(): number {
    const s = this.#state
    const [a = 0, b = 0, c = 0, d = 0] = s
    const sum = (a + b + d) | 0
    s[3] = d + 1
    s[0] = b ^ (b >>> 9)
    s[1] = (c + (c << 3)) | 0
    s[2] = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }

  /** A whole number in [0, below). */
  integer(below: number): number {
    return Math.floor(this.next() * below)
  }

  /** Letters and digits, as Stripe's ids are made of. */
  text(length: number): string {
    let text = ''
    for (let at = 0; at < length; at += 1) text += ALPHABET.charAt(this.integer(ALPHABET.length))
    return text
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
