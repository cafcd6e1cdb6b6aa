import { initTRPC, TRPCError } from '@trpc/server';
import type { App } from '#shared/api/app.ts';
import type { Role } from '#shared/domain.ts';
import { PlainError } from '#shared/errors.ts';
import { statusOf } from './status.ts';

/** What a procedure knows of its caller. */
export interface Context {
  app: App;
  personId: string;
  role: Role;
  host: 'desktop' | 'browser';
  /** Where browsers find this host, those on other machines first. */
  origins: () => { origin: string; lan: boolean }[];
}

const t = initTRPC.context<Context>().create({
  errorFormatter: ({ shape, error }) => {
    const plain = error.cause instanceof PlainError ? error.cause : null;
    return {
      ...shape,
      message: plain?.message ?? shape.message,
      data: {
        code: shape.data.code,
        plain: plain?.code ?? null,
        httpStatus: plain ? statusOf(plain.code) : shape.data.httpStatus,
      },
    };
  },
});

export const router = t.router;

/** What an annotator may call: their own queue and their own judgments. */
export const annotatorProcedure = t.procedure;

/** What only the owner or a lead may call. */
export const leadProcedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.role === 'annotator') {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the lead of this project can do this. Ask them to, or to change your role.' });
  }
  return next();
});

/** What the owner alone may call. */
export const ownerProcedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.role !== 'owner') {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'Only the owner of this project can do this. Ask them to.' });
  }
  return next();
});
