/** Texts that travel with the demo project. */

export const guideline = `# Front desk: which reply would the guest rather get?

Read the guest's request, then both replies. Pick the one that **you** would rather get from a hotel's front desk. There is no key to look up: where good
things pull in different directions, decide what weighs more.

- **Does it answer the request?** A reply about something else helps nobody, however kind.
- **Does it say what will happen?** “Two towels are on their way to room 302” beats “I will ask housekeeping”, and that beats “Linen is usually somewhere”.
- **Is it true to the request?** Room, time, number and thing should be the guest's own. A precise reply with the wrong room may be worse than a vague one.
- **How does it sound?** A kind word is welcome; three are too many. Nobody likes to be scolded.
- **Is the rest worth reading?** A useful second detail is; stories about the parrot in the bar are a matter of taste.
- **Is it language?** Broken sentences count against a reply.

Equally good: press \`=\`. Both useless: press \`0\`. Cannot say: press \`s\`.
`;

export const readme = `# The demo project “Front desk”

Made by \`npm run demo:train\` from the grammar in \`src/shared/front-desk\`; edit nothing here by hand. \`docs/demo.md\` tells how and why.

| file | what it is |
|---|---|
| \`model/\` | the SFT model: GPT-2 architecture, 4 layers × 128, about 1.1M parameters in bf16, Hugging Face layout |
| \`prompts.jsonl\` | requests: \`{id, prompt, topic, split, slots}\`; train and held-out requests share no template |
| \`comparisons.jsonl\` | 60 pairs of the model's answers that wait to be judged |
| \`simulated.jsonl\` | 300 judgments by a **simulated** annotator (the grammar's own judge, wrong in 15% on purpose) over other pairs. Not a person's: the app never counts them with people's |
| \`guideline.md\` | what annotators are asked to look for |
| \`manifest.json\` | sha256 of every file |

No text here is by or about a real person. Apache-2.0, like the rest of Plumbline.
`;
