import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

export interface Outcome {
  passed: number;
  failed: number;
  skipped: { name: string; reason: string }[];
  /** Passed, but not at the first try. */
  flaky: string[];
}

/** Writes what passed, passed at the second try, failed and was skipped (and why) to the file named by PLUMBLINE_TEST_OUTCOME, for the summary of `npm test`. */
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.PLUMBLINE_TEST_OUTCOME;
    if (!file) return;
    const outcome: Outcome = { passed: 0, failed: errors.length, skipped: [], flaky: [] };
    for (const module of modules) {
      if (module.errors().length > 0) outcome.failed += 1;
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') {
          outcome.passed += 1;
          if (test.diagnostic()?.flaky) outcome.flaky.push(test.fullName);
        } else if (result.state === 'failed') outcome.failed += 1;
        else outcome.skipped.push({ name: test.fullName, reason: ('note' in result && result.note) || 'no reason given' });
      }
    }
    writeFileSync(file, JSON.stringify(outcome));
  }
}
