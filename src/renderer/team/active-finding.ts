/** What `npm run active` measured on the demo project (docs/results/active.json), said where a lead chooses what is labeled next, by what they chose. */
export const activeFinding: Record<'uncertainty' | 'disagreement' | 'newest', string> = {
  uncertainty:
    'On the demo project it beat drawing at random: 245 labels ordered held-out pairs as well as 500 random ones (20 simulated leads, a linear head, 15% slips).',
  disagreement:
    'On the demo project it did not beat drawing at random: −0.1 points [−0.4, 0.3] at the same number of labels (20 simulated leads, five linear heads, 15% slips).',
  newest: 'Whether it beats drawing at random was not measured; it keeps the reward model near what the policy writes now.',
};
