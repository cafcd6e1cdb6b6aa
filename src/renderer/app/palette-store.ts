import { createSpotlight } from '@mantine/spotlight';

/** The palette's own store, so that the header and the keys open it without loading its list. */
export const [paletteStore, palette] = createSpotlight();
export const openPalette = () => palette.open();
