/** A mistake that would hurt, made on purpose, and the tests that must notice it. */
export interface Fault {
  /** What goes wrong, in a sentence. */
  name: string
  /** The least change that makes it; each `from` must be in its file exactly once. */
  edits: readonly Edit[]
  /** vitest's project, files, and a pattern of titles; absent: all of the files. */
  caughtBy: { project: 'core' | 'database'; files: readonly string[]; title?: string }
}

export interface Edit {
  file: string
  from: string
  to: string
}
