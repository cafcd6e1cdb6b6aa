/** Invocations of a workgroup of attention: queries (or keys) that it does. */
export const BLOCK = 64;

/** Floats of workgroup memory for the rows that all lanes look at, of 4,096 that every device has. */
const TILE_FLOATS = 3584;

/** Sizes of a head of width E in vectors of four, and how many rows of two matrices fit into workgroup memory. */
export function headText(headWidth: number): {
  vectors: number;
  tile: number;
  load: (buffer: string) => string;
  store: (buffer: string) => string;
} {
  const vectors = Math.ceil(headWidth / 4);
  const tile = Math.max(1, Math.min(32, Math.floor(TILE_FLOATS / (8 * vectors))));
  const part = (c: number, value: string) => (headWidth % 4 === 0 ? value : `select(0.0, ${value}, 4u * c + ${c}u < ${headWidth}u)`);
  const parts = [0, 1, 2, 3];
  return {
    vectors,
    tile,
    /** `load_x(at, v)`: the v-th vector of the row of E floats at `at`, zeros behind its end. */
    load: (buffer) =>
      `fn load_${buffer}(at: u32, c: u32) -> vec4f { let o = at + 4u * c; return vec4f(${parts.map((c) => part(c, `${buffer}[o + ${c}u]`)).join(', ')}); }`,
    store: (buffer) =>
      `fn store_${buffer}(at: u32, c: u32, value: vec4f) {
  let o = at + 4u * c;
${parts.map((c) => (headWidth % 4 === 0 ? `  ${buffer}[o + ${c}u] = value[${c}];` : `  if (4u * c + ${c}u < ${headWidth}u) { ${buffer}[o + ${c}u] = value[${c}]; }`)).join('\n')}
}`,
  };
}

/** Where a workgroup of queries stands: block `block` of head `h` of batch row `b`, and its lane's query `i`. */
export const queryPlace = (headWidth: number) => `
  let blocks = (u.time + ${BLOCK - 1}u) / ${BLOCK}u;
  let block = group % blocks;
  let h = group / blocks % u.heads;
  let b = group / blocks / u.heads;
  let i = block * ${BLOCK}u + lane;
  let inside = i < u.time;
  let queryAt = (b * u.time + i) * u.heads * ${headWidth}u + h * ${headWidth}u;
  let keyStep = u.groupsOfKeys * ${headWidth}u;
  let keyAt = b * u.time * keyStep + h / (u.heads / u.groupsOfKeys) * ${headWidth}u;
  let end = min(u.time, (block + 1u) * ${BLOCK}u);`;

/** Brings keys and values `from` … of the tile to workgroup memory. */
export const keysToTile = (tile: number, vectors: number) => `
    for (var x = lane; x < ${tile * vectors}u; x += ${BLOCK}u) {
      let j = start + x / ${vectors}u;
      if (j < u.time) {
        tileKeys[x] = load_k(keyAt + j * keyStep, x % ${vectors}u);
        tileValues[x] = load_v(keyAt + j * keyStep, x % ${vectors}u);
      }
    }
    for (var x = lane; x < ${tile}u; x += ${BLOCK}u) { seen[x] = start + x < u.time && mask[b * u.time + min(start + x, u.time - 1u)] != 0; }
    workgroupBarrier();`;
