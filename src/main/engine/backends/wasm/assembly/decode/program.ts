// A program is a list of tasks (tasks.ts) in the heap. Any thread takes the next tile of the current task; whoever finishes its last one begins the next task.
// So a thread that the system has put to sleep holds the others up by the tile in its hands at most, and one that comes late finds whatever there is then to do.
// An element's bits do not depend on its tile, hence not on the threads.
import { attend } from './attend';
import { draw } from './draw';
import { forgetPrepared, linear } from './linear';
import { ATTEND, Attend, DRAW, Draw, EMBED, Embed, END, LINEAR, Linear, Task, TASK_BYTES } from './tasks';
import { at } from '../vector';

/**
 * Places in the state that all threads share, one to a cache line. TICKET (i64): the number of the current task (48 bits), and tiles still to be taken (16 bits).
 * A tile is taken by lowering it by one, which fails when somebody has meanwhile begun another task.
 */
const TICKET: usize = 0;
/** Tiles finished. */
const DONE: usize = 64;
/** Address of the current task. */
const TASK: usize = 128;
/** 1 after the last task. */
const FINISHED: usize = 192;
/** 1 while the main thread sleeps or is about to; it waits for WAKE to change. */
const WAITS: usize = 256;
const WAKE: usize = 260;
/** Threads in joinProgram: the others must be called. */
const PRESENT: usize = 320;
/** Scratch memory: address of the first thread's, bytes of each. */
const SCRATCH: usize = 384;
const SCRATCH_BYTES: usize = 388;
/** For each thread, in a cache line of its own: number of the task that it has prepared its input for (linear.ts). */
const PREPARED: usize = 448;

/** Looks for work before a thread goes to sleep: some 40 µs. */
const PATIENCE: i32 = 20000;

@inline
function runTile(state: usize, task: Task, tile: i32, thread: i32, number: i32): void {
  const scratch = load<usize>(state, SCRATCH) + <usize>thread * load<usize>(state, SCRATCH_BYTES);
  const code = task.code;
  if (code == LINEAR) linear(changetype<Linear>(task), tile, scratch, state + PREPARED + ((<usize>thread) << 6), number);
  else if (code == ATTEND) attend(changetype<Attend>(task), tile, scratch);
  else if (code == DRAW) draw(changetype<Draw>(task), tile, scratch);
  else if (code == EMBED) embed(changetype<Embed>(task));
}

function embed(task: Embed): void {
  const width = task.width;
  for (let r = 0; r < task.rows; r++) {
    const token = at(task.table, load<i32>(at(task.ids, r)) * width);
    const to = at(task.x, r * width);
    if (task.places == 0) {
      memory.copy(to, token, (<usize>width) << 2);
      continue;
    }
    const place = at(task.places, load<i32>(at(task.positions, r)) * width);
    for (let i = 0; i < width; i++) store<f32>(at(to, i), load<f32>(at(token, i)) + load<f32>(at(place, i)));
  }
}

/** Wakes the main thread where it sleeps. */
@inline
function call(state: usize): void {
  if (atomic.load<i32>(state, WAITS) == 0) return;
  atomic.store<i32>(state, 0, WAITS);
  atomic.add<i32>(state, 1, WAKE);
  atomic.notify(state + WAKE, 1);
}

/** Makes `task` the current one. */
function publish(state: usize, task: usize): void {
  const tiles = changetype<Task>(task).tiles;
  store<usize>(state, task, TASK);
  atomic.store<i32>(state, 0, DONE);
  const number = (load<i64>(state, TICKET) >> 16) + 1;
  atomic.store<i64>(state, (number << 16) | <i64>tiles, TICKET);
}

/** Takes a tile and does it. False where there is none to take. */
function takeTile(state: usize, thread: i32): bool {
  const ticket = atomic.load<i64>(state, TICKET);
  const left = <i32>(ticket & 0xffff);
  if (left == 0) return false;
  if (atomic.cmpxchg<i64>(state, ticket, ticket - 1, TICKET) != ticket) return true;
  const address = load<usize>(state, TASK);
  const task = changetype<Task>(address);
  const tiles = task.tiles;
  runTile(state, task, left - 1, thread, <i32>(ticket >> 16));
  if (atomic.add<i32>(state, 1, DONE) + 1 < tiles) return true;
  const next = address + TASK_BYTES;
  if (changetype<Task>(next).code == END) atomic.store<i32>(state, 1, FINISHED);
  else publish(state, next);
  call(state);
  return true;
}

/** Begins the program at `task` on the scratch memory. No other may be under way. */
export function beginProgram(state: usize, task: usize, scratch: usize, scratchBytes: usize): void {
  store<usize>(state, scratch, SCRATCH);
  store<usize>(state, scratchBytes, SCRATCH_BYTES);
  atomic.store<i32>(state, 0, FINISHED);
  publish(state, task);
}

/** The main thread's part. 1: the program is finished; 0: the rest is in other hands, and it is time to sleep. */
export function continueProgram(state: usize): i32 {
  for (let idle = 0; idle < PATIENCE; idle++) {
    if (atomic.load<i32>(state, FINISHED)) return 1;
    if (takeTile(state, 0)) idle = 0;
  }
  return 0;
}

/** What WAKE must differ from for the main thread to go on, or −1 where it can go on at once. */
export function prepareToWait(state: usize): i32 {
  atomic.store<i32>(state, 1, WAITS);
  const wake = atomic.load<i32>(state, WAKE) & 0x7fffffff;
  return atomic.load<i32>(state, FINISHED) || (atomic.load<i64>(state, TICKET) & 0xffff) != 0 ? -1 : wake;
}

/** A worker's part: tiles of this and following programs, until there have been none for a while. */
export function joinProgram(state: usize, thread: i32): void {
  atomic.add<i32>(state, 1, PRESENT);
  for (let idle = 0; idle < PATIENCE; idle++) if (takeTile(state, thread)) idle = 0;
  atomic.sub<i32>(state, 1, PRESENT);
}

/** The whole program on this thread. */
export function runAlone(state: usize, task: usize, scratch: usize, scratchBytes: usize): void {
  store<usize>(state, scratch, SCRATCH);
  store<usize>(state, scratchBytes, SCRATCH_BYTES);
  for (; changetype<Task>(task).code != END; task += TASK_BYTES) {
    forgetPrepared(state + PREPARED);
    const tiles = changetype<Task>(task).tiles;
    for (let tile = 0; tile < tiles; tile++) runTile(state, changetype<Task>(task), tile, 0, -1);
  }
}
