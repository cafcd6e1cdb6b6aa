/** Node's util with two functions that Node 23 took away and tfjs-node 4.22 still calls. Only that package is given it (`load.ts`). */
module.exports = { ...require('node:util'), isArray: Array.isArray, isNullOrUndefined: (value) => value === null || value === undefined };
