/** How often two people give the same answer, ties left out, in published preference data: the lines that a team is measured against. */
export const publishedAgreement = [
  { name: 'HH', share: 0.63, source: 'Bai et al. 2022, 2204.05862' },
  { name: 'AlpacaFarm', share: 0.66, source: 'Dubois et al. 2023, 2305.14387' },
  { name: 'InstructGPT', share: 0.73, source: 'Ouyang et al. 2022, 2203.02155' },
  { name: 'MT-Bench', share: 0.81, source: 'Zheng et al. 2023, 2306.05685' },
] as const;

/** κ of data like InstructGPT's and HH's: "fair" on the usual scale, which was made for diagnoses, not for preferences. */
export const publishedKappa = { low: 0.26, high: 0.46 } as const;

/** P(longer preferred) of AlpacaEval's people (Dubois et al. 2024, 2404.04475). */
export const publishedLonger = 0.64;
