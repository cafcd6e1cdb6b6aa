/** How much two ratings agree that are not the same: 1 the same, 0 not at all. Of category indices k and l. */
export type Weights = (k: number, l: number) => number;

/** 1 − |k − l| / (q − 1) (Cicchetti and Allison 1971) */
export const linearWeights =
  (q: number): Weights =>
  (k, l) =>
    1 - Math.abs(k - l) / (q - 1);

/** 1 − (k − l)² / (q − 1)² (Fleiss and Cohen 1973) */
export const quadraticWeights =
  (q: number): Weights =>
  (k, l) =>
    1 - ((k - l) / (q - 1)) ** 2;

/** 1 − C(|k − l| + 1, 2) / C(q, 2) (Gwet 2014): steps weigh more the farther apart. */
export const ordinalWeights =
  (q: number): Weights =>
  (k, l) => {
    const steps = Math.abs(k - l);
    return 1 - (steps * (steps + 1)) / (q * (q - 1));
  };
