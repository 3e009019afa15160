import pg from 'pg'

/** The least that keeps an event: its id and its bytes, as cheap as this server can store them. */
export async function createRawTable(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(`
      drop table if exists raw_events;
      create table raw_events (id text primary key, body bytea not null);
      alter table raw_events alter column body set storage external`)
  } finally {
    await client.end()
  }
}

export const INSERT_ONE = 'insert into raw_events (id, body) values ($1::text, $2::bytea)'
