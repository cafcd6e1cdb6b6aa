import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { app } from 'electron';
import { openLog } from './log.ts';

/** Milliseconds before a backend that died is started again: at once, then slower. One that never came up this often does not work. */
const restartDelays = [0, 200, 1000, 3000];

/** A backend that was up this long is started again at once when it dies. */
const lastingMilliseconds = 60_000;

/** What the backend asks of its host; `reply` reaches it unless it is gone. */
type Asked = [question: unknown, reply: (answer: object) => void];

/**
 * The backend process: a stock Node that this host starts, knows the token of, and starts again when it dies.
 * Emits `up`, `down`, `asked` with what it says over the channel between the two and, when it cannot work (a damaged project, a second copy, a defect at every start), `refused` with a sentence.
 */
export class Backend extends EventEmitter<{ up: []; down: []; asked: Asked; refused: [sentence: string] }> {
  readonly #token = randomBytes(32).toString('base64url');
  readonly #socket: string;
  /** Where the app keeps what belongs to no project. */
  readonly dataFolder: string;
  readonly #logFile: string;
  readonly #log: (chunk: string) => void;
  #child: ChildProcess | null = null;
  #failures = 0;
  #lastWords = '';
  #closing = false;

  constructor(userData: string) {
    super();
    this.dataFolder = process.env.PLUMBLINE_DATA ?? userData;
    mkdirSync(this.dataFolder, { recursive: true });
    this.#logFile = join(this.dataFolder, 'logs', 'backend.log');
    this.#log = openLog(this.#logFile);
    // mkdtemp makes the folder with mode 0700: nobody else on this machine can reach the socket.
    this.#socket =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\plumbline-${randomBytes(16).toString('hex')}`
        : join(mkdtempSync(join(tmpdir(), 'plumbline-')), 'backend.sock');
  }

  get processId(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    const node = process.env.PLUMBLINE_NODE ?? join(process.resourcesPath, process.platform === 'win32' ? 'node.exe' : 'node');
    const entry = join(app.getAppPath(), 'src', 'main', 'server', 'index.ts');
    const child = spawn(node, ['--disable-warning=ExperimentalWarning', entry, '--socket', this.#socket], {
      stdio: ['pipe', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, PLUMBLINE_TOKEN: this.#token, PLUMBLINE_DATA: this.dataFolder },
    });
    this.#child = child;
    let refusal: string | null = null;
    let upAt: number | null = null;
    createInterface({ input: child.stdout as Readable }).on('line', (line) => {
      const said = parse(line);
      if (said?.listening) {
        upAt = Date.now();
        this.emit('up');
      } else if (typeof said?.refused === 'string') refusal = said.refused;
      else this.#log(`${line}\n`);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-600);
      this.#log(chunk.toString());
    });
    child.on('message', (question) => this.emit('asked', question, (answer) => child.connected && child.send(answer)));
    child.on('error', (error) => this.#log(`${error.message}\n`));
    child.once('exit', () => {
      this.#child = null;
      this.emit('down');
      if (this.#closing) return;
      if (refusal !== null) {
        this.emit('refused', refusal);
        return;
      }
      if (upAt !== null && Date.now() - upAt > lastingMilliseconds) this.#failures = 0;
      // One that does come up is always started again: pages wait for it.
      const delay = restartDelays[this.#failures++] ?? (upAt === null ? undefined : restartDelays.at(-1));
      if (delay === undefined)
        this.emit('refused', `The backend does not start. Its last words, also in ${this.#logFile}:\n\n${this.#lastWords}`);
      else setTimeout(() => this.start(), delay);
    });
  }

  /** Sends one HTTP request to the backend; rejects when it is down. The caller streams both bodies. */
  send(options: {
    method: string;
    path: string;
    headers: OutgoingHttpHeaders;
    body: Readable | null;
    signal?: AbortSignal;
  }): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = request({
        socketPath: this.#socket,
        method: options.method,
        path: options.path,
        headers: { ...options.headers, host: 'plumbline', authorization: `Bearer ${this.#token}` },
        ...(options.signal ? { signal: options.signal } : {}),
      });
      outgoing.once('response', resolve);
      // A socket may fail again after its answer began; only the first failure says something.
      outgoing.on('error', reject);
      if (!options.body) outgoing.end();
      else options.body.on('error', (error) => outgoing.destroy(error)).pipe(outgoing);
    });
  }

  /** The answer of one tRPC query without input, for the few things that the host itself must know. Rejects after three seconds without one. */
  async query<Answer>(path: string): Promise<Answer> {
    const signal = AbortSignal.timeout(3000);
    const response = await this.send({ method: 'GET', path: `/rpc/${path}`, headers: {}, body: null, signal });
    let text = '';
    for await (const chunk of response) text += chunk;
    return (JSON.parse(text) as { result: { data: Answer } }).result.data;
  }

  /** Closes the backend's standard input, which it takes as its host's end, and waits until it is gone. */
  async close(): Promise<void> {
    this.#closing = true;
    const child = this.#child;
    if (!child) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.stdin?.end();
    const patience = setTimeout(() => child.kill('SIGKILL'), 10_000);
    await gone;
    clearTimeout(patience);
  }
}

function parse(line: string): { listening?: unknown; refused?: unknown } | null {
  try {
    return JSON.parse(line) as { listening?: unknown; refused?: unknown };
  } catch {
    return null;
  }
}
