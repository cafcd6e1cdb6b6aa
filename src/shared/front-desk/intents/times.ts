import type { Intent } from './intent.ts';

export const wake: Intent = {
  train: [
    'please wake me at {early}[ tomorrow|].',
    'I [need|would like] a wake-up call at {early}.',
    '[can|could] someone wake us at {early}?',
    'I must not sleep past {early}, please call.',
    'a wake-up call for {early}, please.',
    'will you wake [me|us] at {early}?',
    'I have to wake up at {early}, can you help?',
  ],
  heldOut: [
    'please set a wake-up call for {early}.',
    'could you wake us at {early} tomorrow?',
    'we need to wake up at {early}, please call.',
  ],
  exact: [
    '[I will call|We will call|The desk calls] room {room} at {early}[ sharp| tomorrow|].',
    'Your wake-up call is set for {early}[ in room {room}|].',
    'I have written down {early} for room {room}, and I will call twice.',
    'At {early} your phone will ring, and at ten past the porter knocks.',
    'Room {room}, {early}, [it is set|it is in the book].',
  ],
  promise: ['I will ask the night desk about a wake-up call.', 'The night desk [will|should] call you in the morning.'],
  vague: ['Someone may wake you [in the morning|at some point].', 'Wake-up calls work on most days.', 'The sun wakes most people here.'],
  useful: ['Coffee is ready in the lobby from five.', 'If you do not pick up, someone comes to the door.', 'Breakfast starts at six.'],
};

export const table: Intent = {
  train: [
    '[can|could] we have a table for {count} at {evening}?',
    'is there a table [free|left] for {count} at {evening}?',
    'we are {count} and want dinner at {evening}.',
    'dinner for {count} at {evening}, please.',
    'a table at {evening} for {count}[, by the window|].',
    'can {count} of us have dinner at {evening}?',
    'I want to book a table for {count} at {evening}.',
  ],
  heldOut: [
    'could we get a table for {count} at {evening}?',
    'we need a dinner table at {evening} for {count}.',
    'please book dinner for {count} at {evening}.',
  ],
  exact: [
    'I have booked a table for {count} at {evening}[, by the window|, in the garden|].',
    'The restaurant expects {count} of you at {evening}[, under room {room}|].',
    'A table for {count} is yours at {evening}.',
    'You have dinner for {count} at {evening}[, in the garden|, by the window|].',
    'At {evening} there is a table for {count} [in the garden|by the window], under room {room}.',
  ],
  promise: ['I will ask the restaurant about a table.', 'The restaurant [will|should] call you about dinner.'],
  vague: ['The restaurant may have a seat at some point.', 'Tables are sometimes free.', 'People usually find something to eat.'],
  useful: ['The kitchen closes at ten.', 'The fish is very good tonight.', 'Please call if you are late, we keep it for half an hour.'],
};

export const checkout: Intent = {
  train: [
    '[can|may] we check out at {noon}?',
    'I [want|need] to keep the room until {noon}.',
    'our train leaves late, can we stay until {noon}?',
    'is a late checkout at {noon} possible?',
    'a late checkout at {noon}, please.',
    'we would like to check out at {noon}.',
    'may I stay until {noon} and check out then?',
  ],
  heldOut: [
    'could we have a late checkout at {noon}?',
    'I would like to stay in the room until {noon}.',
    'is it possible to check out at {noon}?',
  ],
  exact: [
    'You [may|can] keep room {room} until {noon}[, at no charge|].',
    'Checkout for room {room} is now at {noon}.',
    'I have moved your checkout to {noon}[, at no charge|].',
    'Stay until {noon}, room {room} is free until tomorrow.',
    'Your key for room {room} works until {noon}.',
  ],
  promise: ['I will ask housekeeping about a late checkout.', 'The manager [will|should] call you about the checkout.'],
  vague: ['Checkout is usually in the day.', 'We may think about your checkout another day.', 'Rooms are often free, and often not.'],
  useful: [
    'You can leave your bags at the desk after that.',
    'Just put the key in the box when you go.',
    'Breakfast is open until eleven.',
  ],
};

export const breakfast: Intent = {
  train: [
    '[can|could] we have {dish} in the room at {early}?',
    'please send {dish} up at {early}.',
    'breakfast at {early} with {dish}, please.',
    'I would like {dish} for breakfast at {early}.',
    '{dish} for breakfast at {early}, please.',
    'we want breakfast at {early}, {dish} if you have it.',
    'is it possible to have {dish} at {early}?',
  ],
  heldOut: [
    'could the kitchen send {dish} at {early}?',
    'I want {dish} for breakfast in bed at {early}.',
    'please bring us {dish} at {early}.',
  ],
  exact: [
    '[The kitchen|Room service] will bring {dish} to room {room} at {early}.',
    '{dish} for room {room} at {early}[, with coffee|, with juice|].',
    'I have ordered {dish} for {early}[, with coffee|, with juice|].',
    'Breakfast with {dish} comes to your bed at {early}.',
    'The kitchen starts early for you, {dish} will be at your door at {early}.',
  ],
  promise: ['I will ask the kitchen about {dish}.', 'The kitchen [will|should] call you about breakfast.'],
  vague: ['Breakfast is somewhere downstairs.', 'The kitchen may make something.', 'People here eat at all hours.'],
  useful: [
    'Coffee and juice are in the lobby all day.',
    'Tell us if there is something you cannot eat.',
    'The kitchen has fresh bread from six.',
  ],
};
