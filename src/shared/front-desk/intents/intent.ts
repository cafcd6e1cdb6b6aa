/** One kind of request and everything the desk can say to it. Prompts state every slot that a reply may name, besides room and name. */
export interface Intent {
  /** How a guest asks: no template is in both lists, but they share their key words. */
  train: readonly string[];
  heldOut: readonly string[];
  /** What will happen, with particulars. */
  exact: readonly string[];
  /** Someone will look into it. */
  promise: readonly string[];
  /** Nothing that helps. */
  vague: readonly string[];
  /** A second sentence worth its length. */
  useful: readonly string[];
}
