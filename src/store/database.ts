/**
 * The port to PostgreSQL. Three methods, small enough for a caller to pass in their own pool.
 * Nothing here may rely on session state: transaction poolers hand each statement another session.
 */
export interface Queryable {
  /** Parameters go as `$1…`; bigint comes back as `bigint`, bytea as `Uint8Array`, jsonb parsed. */
  query<Row = Record<string, unknown>>(
    text: string,
    parameters?: readonly unknown[],
  ): Promise<{ rows: Row[]; rowCount: number }>
}

export interface Database extends Queryable {
  /** Commits when `run` resolves, rolls back when it throws; READ COMMITTED. */
  transaction<T>(run: (tx: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}
