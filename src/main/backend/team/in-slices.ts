/** A turn of the event loop takes at most about this long. */
const sliceMilliseconds = 8;

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
