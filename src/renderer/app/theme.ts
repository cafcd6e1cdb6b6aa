/** The tokens of the visual direction as Mantine code; the components read them as `--pl-…` and `--mantine-…` variables. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple, virtualColor } from '@mantine/core';

/** Neutrals of the light scheme. */
const gray: MantineColorsTuple = [
  '#f7f8f9',
  '#f1f3f5',
  '#e6e9ed',
  '#dce0e5',
  '#c6ccd4',
  '#9aa2ae',
  '#656e7b',
  '#505863',
  '#333941',
  '#17191e',
];
/** Neutrals of the dark scheme in Mantine's roles: 0 text, 2 dimmed, 4 border, 6 control, 7 page. */
const dark: MantineColorsTuple = [
  '#e1e4e9',
  '#c5cad2',
  '#a5acb7',
  '#878f9b',
  '#33383f',
  '#282c32',
  '#1c1f23',
  '#15171a',
  '#101214',
  '#0b0c0e',
];
const inkScale: MantineColorsTuple = [
  '#f1f3f5',
  '#e6e9ed',
  '#c6ccd4',
  '#9aa2ae',
  '#656e7b',
  '#505863',
  '#333941',
  '#262a30',
  '#17191e',
  '#0f1114',
];
const blue: MantineColorsTuple = [
  '#e8f1fb',
  '#d3e4f7',
  '#a9cbef',
  '#7fb2e8',
  '#5c9fe4',
  '#3b87d6',
  '#1d6cbd',
  '#0f5ba8',
  '#0b4a8a',
  '#08386a',
];
const orange: MantineColorsTuple = [
  '#fdefe0',
  '#fae0c4',
  '#f5c594',
  '#f0a963',
  '#e88f3c',
  '#db7a20',
  '#c0620f',
  '#a04c00',
  '#823d00',
  '#632e00',
];
const red: MantineColorsTuple = [
  '#fcecea',
  '#f8d8d4',
  '#f0b1aa',
  '#ec8a80',
  '#ff8278',
  '#d9483b',
  '#c2281d',
  '#a31f15',
  '#831810',
  '#62110b',
];

export const theme = createTheme({
  // Controls are ink: black on white, white on black. A virtual color is what makes autoContrast follow the scheme.
  colors: { gray, dark, blue, orange, red, inkScale, ink: virtualColor({ name: 'ink', light: 'inkScale', dark: 'inkScale' }) },
  primaryColor: 'ink',
  primaryShade: { light: 8, dark: 0 },
  autoContrast: true,
  white: '#ffffff',
  black: '#17191e',
  fontFamily: '"IBM Plex Sans", system-ui, sans-serif',
  fontFamilyMonospace: '"IBM Plex Mono", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  lineHeights: { xs: '16px', sm: '20px', md: '20px', lg: '26px', xl: '28px' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '22px', lineHeight: '30px' },
      h2: { fontSize: '13px', lineHeight: '20px' },
      h3: { fontSize: '13px', lineHeight: '20px' },
    },
  },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  radius: { xs: '2px', sm: '4px', md: '6px', lg: '8px', xl: '8px' },
  defaultRadius: 'sm', // Mantine 9's own default is md
  cursorType: 'pointer',
  respectReducedMotion: true, // off by default
  components: {
    Button: { defaultProps: { size: 'xs', fz: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle' } },
    Checkbox: { defaultProps: { iconColor: 'var(--mantine-primary-color-contrast)' } }, // autoContrast misses it for a virtual color
    Modal: {
      defaultProps: {
        transitionProps: { duration: 100 },
        overlayProps: { backgroundOpacity: 0.25 },
        closeButtonProps: { 'aria-label': 'Close' }, // Mantine's own has no name
        radius: 'md',
        padding: 'lg',
      },
    },
    Menu: { defaultProps: { transitionProps: { duration: 0 }, shadow: 'md', radius: 'md' } },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Select: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    NumberInput: { defaultProps: { size: 'sm', w: 120 } },
    SegmentedControl: { defaultProps: { size: 'sm', transitionDuration: 0 } },
    Skeleton: { defaultProps: { animate: false } },
    Tooltip: { defaultProps: { openDelay: 400, transitionProps: { duration: 0 } } },
    Table: { defaultProps: { verticalSpacing: 6, horizontalSpacing: 'sm', fz: 'sm' } },
  },
});

export const resolver: CSSVariablesResolver = () => ({
  variables: { '--pl-measure': '60ch' }, // about 75 characters: Plex's 0 is wider than its average letter
  light: {
    '--mantine-color-dimmed': '#565f6b',
    '--mantine-color-error': '#c2281d',
    '--mantine-color-default-border': '#dce0e5',
    '--pl-shell': '#f7f8f9',
    '--pl-sunken': '#f3f5f7',
    '--pl-select': '#eceff2',
    '--pl-line': '#e6e9ed',
    '--pl-line-strong': '#c6ccd4',
    '--pl-faint': '#656e7b',
    '--pl-ref': '#8a93a0',
    '--pl-band': 'rgba(23,25,30,.09)',
    '--pl-a': '#0f5ba8',
    '--pl-a-fill': '#1d6cbd',
    '--pl-a-soft': '#dfecfa',
    '--pl-b': '#a04c00',
    '--pl-b-fill': '#db7a20',
    '--pl-b-soft': '#fce8d3',
    '--pl-signal': '#c2281d',
    '--pl-signal-soft': '#fcecea',
  },
  dark: {
    '--mantine-color-dimmed': '#a5acb7',
    '--mantine-color-error': '#ff8278', // Mantine's own is a shade that dark ground swallows
    '--mantine-color-default-border': '#33383f',
    '--pl-shell': '#101214',
    '--pl-sunken': '#1c1f23',
    '--pl-select': '#22262b',
    '--pl-line': '#282c32',
    '--pl-line-strong': '#43494f',
    '--pl-faint': '#8d95a1',
    '--pl-ref': '#7d8591',
    '--pl-band': 'rgba(225,228,233,.13)',
    '--pl-a': '#7db8f5',
    '--pl-a-fill': '#4b98e6',
    '--pl-a-soft': '#17304a',
    '--pl-b': '#f0a55c',
    '--pl-b-fill': '#e08a34',
    '--pl-b-soft': '#412a12',
    '--pl-signal': '#ff8278',
    '--pl-signal-soft': '#3a1b19',
  },
});
