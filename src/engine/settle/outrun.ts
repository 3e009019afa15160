/** Thrown to roll back and try again: another process changed what this transaction had read. */
export class Outrun extends Error {
  override readonly name: string = 'Outrun'
}
