import { connect, type Socket } from 'node:net'

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/**
 * One HTTP/1.1 connection that is kept alive, one request at a time. Written out by hand because a
 * general client costs more CPU per request than the servers under measurement.
 */
export class Connection {
  readonly #socket: Socket
  #answer: Buffer = Buffer.alloc(0)
  #waiting: { resolve(status: number): void; reject(error: Error): void } | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.setNoDelay(true)
    socket.on('data', (chunk) => this.#take(chunk))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('The server closed the connection.')))
  }

  static async open(port: number): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port })
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
    })
    return new Connection(socket)
  }

  /** Sends the bytes of a whole request; answers the status once the whole answer is here. */
  request(bytes: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#answer = Buffer.alloc(0)
      this.#waiting = { resolve, reject }
      this.#socket.write(bytes)
    })
  }

  close(): void {
    this.#waiting = null
    this.#socket.destroy()
  }

  #take(chunk: Buffer): void {
    this.#answer = this.#answer.length === 0 ? chunk : Buffer.concat([this.#answer, chunk])
    if (!isWhole(this.#answer)) return
    const waiting = this.#waiting
    this.#waiting = null
    waiting?.resolve(Number(this.#answer.subarray(9, 12).toString('latin1')))
  }

  #fail(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = null
  }
}

function isWhole(answer: Buffer): boolean {
  const headEnd = answer.indexOf(HEAD_END)
  if (headEnd === -1) return false
  const head = answer.subarray(0, headEnd).toString('latin1')
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  if (length === undefined) return answer.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
  return answer.length >= headEnd + HEAD_END.length + Number(length)
}
