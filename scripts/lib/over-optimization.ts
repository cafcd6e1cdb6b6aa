import { deskPromptOf, maxNewTokens } from '#demo/annotator.ts';
import { readPromptLines } from '#demo/line-demo.ts';
import { judge } from '#shared/front-desk/index.ts';
import { courseOf, followedPrompts, type JudgedAnswer, type OverOptimizationRow, pushed } from '#shared/over-optimization.ts';
import { demoFolder, type LineProject, train } from './line-project.ts';

/**
 * Gold against proxy and KL by step, of one method on one project: β 0 at a rate of 1e-3; the same rate and steps with β at its default, which isolates β's part; and the
 * method's defaults.
 */
export async function overOptimization(project: LineProject, method: 'ppo' | 'grpo'): Promise<OverOptimizationRow[]> {
  return [
    ...(await follow(project, method, 'β 0, pushed', { ...pushed, klCoefficient: 0 })),
    ...(await follow(project, method, 'β, pushed', pushed)),
    ...(await follow(project, method, 'defaults', {})),
  ];
}

async function follow(
  { app, seed, rewardModel }: LineProject,
  method: 'ppo' | 'grpo',
  course: string,
  config: Record<string, string | number>,
): Promise<OverOptimizationRow[]> {
  const run = await train(app, {
    method,
    rewardModel: rewardModel.id,
    samplePrompts: followedPrompts,
    config: { seed, maxNewTokens, ...config },
  });
  const lines = new Map(readPromptLines(demoFolder).map((line) => [line.prompt[0]?.content ?? '', line]));
  const answers = app.runs.samples(run.id).map(({ step, prompt, text, terminated, reward, kl }): JudgedAnswer => {
    const line = lines.get(prompt);
    if (!line || reward === null || kl === null) throw new Error(`The run ${run.name} has a sample that cannot be judged: ${prompt}`);
    return { step, kl, proxy: reward, gold: judge(deskPromptOf(line), text, terminated).gold };
  });
  const { klCoefficient: beta, learningRate } = run.config as { klCoefficient: number; learningRate: number };
  return courseOf(answers).map((row) => ({ course, ...row, beta, learningRate }));
}
