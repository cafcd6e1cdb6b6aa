import type { HastNode } from './hast-node.ts';

/** What takes the direction of all that is in it: numbers, bullets, a quote's bar and columns stand where its script begins. */
const containers: ReadonlySet<string> = new Set(['ul', 'ol', 'blockquote', 'table']);
/** What has a direction of its own. Items and cells have none: a number would leave the others' column; their words go their own way by style. */
const blocks: ReadonlySet<string> = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

const strong = /[\p{L}\u200e\u200f\u061c]/u;
const rightToLeft =
  /[\p{sc=Hebrew}\p{sc=Arabic}\p{sc=Syriac}\p{sc=Thaana}\p{sc=Nko}\p{sc=Samaritan}\p{sc=Mandaic}\p{sc=Adlam}\p{sc=Hanifi_Rohingya}\u200f\u061c]/u;

/**
 * A rehype plugin that gives every block its direction: a Hebrew paragraph under an English one runs its own way, a Hebrew list counts from the right.
 * Blocks have `dir="auto"`. Containers cannot: the browser leaves out whatever inside has a direction of its own, so theirs is read here, from the first
 * letter, as `auto` means it.
 */
export function rehypeDirection() {
  return (tree: HastNode) => walk(tree);
}

function walk(node: HastNode): void {
  for (const child of node.children ?? []) {
    const { tagName = '' } = child;
    if (blocks.has(tagName)) child.properties = { ...child.properties, dir: 'auto' };
    else if (containers.has(tagName)) {
      const dir = directionOf(child);
      if (dir !== null) child.properties = { ...child.properties, dir };
    }
    walk(child);
  }
}

/** By the first letter or mark that has a direction; null where there is none. */
function directionOf(node: HastNode): 'ltr' | 'rtl' | null {
  const [letter] = strong.exec(node.value ?? '') ?? [];
  if (letter !== undefined) return rightToLeft.test(letter) ? 'rtl' : 'ltr';
  for (const child of node.children ?? []) {
    const direction = directionOf(child);
    if (direction !== null) return direction;
  }
  return null;
}
