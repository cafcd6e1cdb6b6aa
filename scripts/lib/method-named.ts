import { alignsPolicy, type Method, method as methods } from '#shared/domain.ts';

/** A method that moves a policy, by its name. @throws TypeError */
export function methodNamed(name: string): Method {
  const parsed = methods.safeParse(name);
  if (parsed.success && alignsPolicy(parsed.data)) return parsed.data;
  throw new TypeError(`--method can be ppo, grpo or dpo, not “${name}”.`);
}
