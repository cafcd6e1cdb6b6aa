// The module: each export is one kernel, called as kernel(begin, end, scratch, …) for a part of its rows, columns, items or floats.
export { adamw, sumOfSquares } from './adamw';
export { geluBackward, geluForward, swigluBackward, swigluForward } from './activation';
export { attentionBackward, attentionForward, attentionScratch } from './attention';
export { attentionDecode } from './attention-decode';
export { addTo, clear, embedBackward, embedForward } from './embed';
export { gemm, gemmBatch } from './gemm';
export { logProbRows, logProbRowsBackward } from './log-prob';
export { columnSums, normBackward, normForward, normParameters } from './norm';
export { rope } from './rope';
export { prepare } from './vector';
