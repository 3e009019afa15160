import pg from 'pg'

/**
 * Makes one database live by another clock: `clock_timestamp()` of every later session answers what
 * was set here, plus a microsecond for each call, so that no two moments are the same. What is due
 * after a delay in the database's time is then due by the sandbox's.
 */
export class DatabaseClock {
  readonly #client: pg.Client
  #at = Number.NaN

  private constructor(client: pg.Client) {
    this.#client = client
  }

  /** To be called before anybody else connects: sessions that are open keep the server's clock. */
  static async in(url: string): Promise<DatabaseClock> {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    // Named before pg_catalog in the search path, the function hides the server's own.
    await client.query(`
      create schema if not exists clock;
      create table if not exists clock.reading (at float8 not null);
      insert into clock.reading select 0 where not exists (select from clock.reading);
      create sequence if not exists clock.call;
      create or replace function clock.clock_timestamp() returns timestamptz language sql volatile as
        'select pg_catalog.to_timestamp(at) + nextval(''clock.call'') * interval ''1 microsecond''
         from clock.reading';
      do $$ begin
        execute format('alter database %I set search_path = clock, pg_catalog, public', current_database());
        execute format('alter database %I set synchronous_commit = off', current_database());
      end $$`)
    return new DatabaseClock(client)
  }

  /** Unix seconds. */
  async set(at: number): Promise<void> {
    if (at === this.#at) return
    this.#at = at
    await this.#client.query(`update clock.reading set at = ${String(at)}`)
  }

  close(): Promise<void> {
    return this.#client.end()
  }
}
