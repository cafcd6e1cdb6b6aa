/** What requests are about: every slot with its values. Times are typed by the part of the day, so that nobody dines at breakfast. */

export const slots = {
  name: ['Cole', 'Hill', 'Reed', 'Stone', 'Park', 'Lane', 'Nash', 'Wolf', 'Dale', 'Finch', 'Quinn', 'Bell', 'Ortiz', 'Khan'].flatMap(
    (name, index) => [`${index % 2 === 0 ? 'Mr.' : 'Ms.'} ${name}`],
  ),
  room: [1, 2, 3, 4, 5].flatMap((floor) => [1, 2, 3, 4, 5, 6, 7, 8].map((door) => `${floor}0${door}`)),
  count: ['two', 'three', 'four', 'five', 'six'],
  early: ['5:30', '6:00', '6:30', '7:00', '7:30', '8:00', '8:30'],
  noon: ['12:00', '12:30', '1:00', '1:30', '2:00', '2:30', '3:00'],
  evening: ['6:00', '6:30', '7:00', '7:30', '8:00', '8:30', '9:00'],
  hour: ['7:00', '7:30', '8:30', '9:00', '9:30', '10:00', '10:30', '1:30', '2:30', '3:00', '4:00', '4:30', '5:00', '5:30'],
  linen: ['towels', 'pillows', 'blankets', 'robes'],
  place: ['station', 'airport', 'harbor', 'museum', 'theater'],
  noise: ['music', 'shouting', 'drilling', 'barking', 'singing'],
  thing: ['heater', 'shower', 'lamp', 'window', 'television', 'kettle'],
  dish: ['pancakes', 'eggs', 'fruit', 'toast', 'porridge'],
  garment: ['suit', 'coat', 'dress', 'shirt', 'scarf'],
  device: ['laptop', 'phone', 'tablet'],
  show: ['opera', 'ballet', 'circus', 'concert'],
} as const;

export type Slot = keyof typeof slots;
export type Values = Partial<Record<Slot, string>>;
export const slotNames = Object.keys(slots) as Slot[];

/** What kind of thing a slot value is. The notes behind a reply speak of kinds. */
export const slotKinds = ['name', 'room', 'count', 'time', 'noun'] as const;
export type SlotKind = (typeof slotKinds)[number];

export function slotKind(slot: Slot): SlotKind {
  if (slot === 'name' || slot === 'room' || slot === 'count') return slot;
  return slot === 'early' || slot === 'noon' || slot === 'evening' || slot === 'hour' ? 'time' : 'noun';
}

/** A room or an hour outside the lists is a wrong value, not a garbled sentence. */
export function slotPattern(slot: Slot): string {
  const kind = slotKind(slot);
  if (kind === 'room') return '\\d{3}';
  if (kind === 'time') return '\\d{1,2}:\\d\\d';
  return slots[slot].map((value) => value.replace('.', '\\.')).join('|');
}
