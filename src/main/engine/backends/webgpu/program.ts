/** One compute shader: WGSL and what it is called with. */
export interface Program {
  /** For messages and profiles. */
  name: string;
  code: string;
  /** Storage buffers in order of binding; the uniform block comes after them. */
  buffers: readonly { writes: boolean }[];
  /** Fields of the uniform block `u`, all four bytes wide; `groups` is added as the last. */
  integers: readonly string[];
  floats: readonly string[];
}

interface Source {
  name: string;
  /** `name` or `name: type of an element`; f32 where no type is given. */
  reads?: readonly string[];
  writes: readonly string[];
  integers?: readonly string[];
  floats?: readonly string[];
  /** Invocations of a workgroup. */
  lanes: number;
  /** Constants, workgroup memory and functions. */
  declarations?: string;
  /** Of main, which knows `group` (which workgroup of `u.groups`) and `lane` (which invocation in it). */
  body: string;
}

/**
 * Puts a shader together. Workgroups are numbered along two axes of the grid, because one axis ends at 65,535: a group beyond the last returns at once,
 * for all its lanes alike, so barriers behind it are legal.
 */
export function program({ name, reads = [], writes, integers = [], floats = [], lanes, declarations = '', body }: Source): Program {
  const buffers = [...reads.map((entry) => ({ entry, writes: false })), ...writes.map((entry) => ({ entry, writes: true }))];
  const bindings = buffers.map(({ entry, writes }, i) => {
    const [variable, element = 'f32'] = entry.split(': ');
    return `@group(0) @binding(${i}) var<storage, ${writes ? 'read_write' : 'read'}> ${variable}: array<${element}>;`;
  });
  const fields = [...integers.map((field) => `${field}: u32`), ...floats.map((field) => `${field}: f32`), 'groups: u32'];
  const code = `
${bindings.join('\n')}
struct Uniforms { ${fields.join(', ')} }
@group(0) @binding(${buffers.length}) var<uniform> u: Uniforms;
${declarations}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) place: vec3u, @builtin(num_workgroups) grid: vec3u, @builtin(local_invocation_index) lane: u32) {
  let group = place.y * grid.x + place.x;
  if (group >= u.groups) { return; }
${body}
}`;
  return { name, code, buffers: buffers.map(({ writes }) => ({ writes })), integers, floats };
}

/** An elementwise shader: `body` computes element `i`, one of `u.size`. */
export function elementwise({ integers = [], body, ...source }: Omit<Source, 'lanes'>): Program {
  return program({
    ...source,
    integers: ['size', ...integers],
    lanes: elementLanes,
    body: `  let i = group * ${elementLanes}u + lane;
  if (i < u.size) {
${body}
  }`,
  });
}

/** Elements that a workgroup of an elementwise shader does. */
export const elementLanes = 64;

/** `total(value, lane)`: the sum over the lanes of a workgroup, in one fixed order, known to all of them. Called by all lanes alike. */
export function totalOver(lanes: number): string {
  return reduceOver('total', lanes, (a, b) => `${a} + ${b}`);
}

/** `largest(value, lane)`, like `total`. */
export function largestOver(lanes: number): string {
  return reduceOver('largest', lanes, (a, b) => `max(${a}, ${b})`);
}

function reduceOver(name: string, lanes: number, combine: (a: string, b: string) => string): string {
  return `
var<workgroup> ${name}Parts: array<f32, ${lanes}>;
fn ${name}(value: f32, lane: u32) -> f32 {
  ${name}Parts[lane] = value;
  workgroupBarrier();
  for (var width = ${lanes / 2}u; width > 0u; width = width >> 1u) {
    if (lane < width) { ${name}Parts[lane] = ${combine(`${name}Parts[lane]`, `${name}Parts[lane + width]`)}; }
    workgroupBarrier();
  }
  let result = ${name}Parts[0];
  workgroupBarrier();
  return result;
}`;
}
