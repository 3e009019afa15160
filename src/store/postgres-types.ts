import pg from 'pg'

const INT8 = 20
const BYTEA = 17
const INT8_ARRAY = 1016
const BYTEA_ARRAY = 1001

type Parse = (text: string) => unknown

const builtin = (oid: number): Parse => pg.types.getTypeParser(oid, 'text') as Parse

function eachOf<T>(values: unknown, map: (value: T) => unknown): unknown {
  if (values === null) return null
  return Array.isArray(values) ? values.map((value) => eachOf(value, map)) : map(values as T)
}

const plainBytes = (buffer: Buffer): Uint8Array =>
  new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)

const ours = new Map<number, Parse>([
  [INT8, BigInt],
  [BYTEA, (text) => plainBytes(builtin(BYTEA)(text) as Buffer)],
  [INT8_ARRAY, (text) => eachOf(builtin(INT8_ARRAY)(text), (value: string) => BigInt(value))],
  [BYTEA_ARRAY, (text) => eachOf(builtin(BYTEA_ARRAY)(text), plainBytes)],
])

/**
 * Types as the port promises them, handed over with each query: a pool that a user passes in keeps
 * its own settings.
 */
export const portTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    const parse = format === 'binary' ? undefined : ours.get(oid)
    return parse ?? pg.types.getTypeParser(oid, format as 'text')
  },
}
