export const root: string;
export const nodeBinary: string;
export function setUp(): void;
