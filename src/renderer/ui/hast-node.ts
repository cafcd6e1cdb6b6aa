/** The few parts of hast (the tree that Markdown becomes) that our own plugins read and write; every node may know where in the Markdown it came from. */
export interface HastNode {
  type: string;
  value?: string;
  tagName?: string;
  properties?: Record<string, unknown>;
  children?: HastNode[];
  position?: { start: { offset?: number }; end: { offset?: number } };
}

/** Whether an element has this class. */
export function hasClass({ properties }: HastNode, name: string): boolean {
  const { className } = properties ?? {};
  return Array.isArray(className) && className.includes(name);
}
