/** A turn of the event loop takes at most about this long. Answering one request takes several turns, and waits for as many of these. */
const sliceMilliseconds = 2;

/** Drives long work to its end in short turns, letting requests be answered between them. */
export async function inSlices<Result>(work: Generator<undefined, Result>): Promise<Result> {
  for (;;) {
    const began = performance.now();
    while (performance.now() - began < sliceMilliseconds) {
      const step = work.next();
      if (step.done) return step.value;
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
