import type { Intent } from './intent.ts';

export const taxi: Intent = {
  train: [
    'I need a taxi to the {place} at {hour}.',
    '[can|could] you call a [taxi|cab] to the {place} for {hour}?',
    'we must be at the {place} today, a taxi at {hour} would help.',
    'a [taxi|cab] at {hour} to the {place}, please.',
    'is there a [taxi|cab] to the {place} at {hour}?',
    'we want to go to the {place} at {hour}, by taxi.',
    'I would like a [taxi|cab] to the {place} at {hour}.',
  ],
  heldOut: [
    'could a taxi take us to the {place} at {hour}?',
    'we need a cab to the {place} at {hour}.',
    'please get me a taxi at {hour}, I go to the {place}.',
  ],
  exact: [
    '[A taxi|A cab|Your car] to the {place} will be [at the door|outside] at {hour}.',
    'I have [booked|ordered] a [taxi|cab] to the {place} for {hour}[, under room {room}|].',
    'The driver comes at {hour} and takes you to the {place}.',
    'Your [taxi|cab] leaves for the {place} at {hour}[, and the porter will help with the bags|].',
    'Be at the door at {hour}, the [taxi|cab] to the {place} is booked.',
  ],
  promise: ['I will ask [a driver|the porter] about a [taxi|cab].', 'A driver [will|should] call you about the {place}.'],
  vague: ['[Taxis|Cabs] pass by now and then.', 'You may find a [taxi|cab] somewhere in the street.', 'Most people get there somehow.'],
  useful: ['The ride to the {place} takes about half an hour.', 'The driver takes cards.', 'The fare goes on room {room} if you like.'],
};

export const bags: Intent = {
  train: [
    '[can|could] you keep {count} bags until {hour}?',
    'we have {count} bags, can they stay here until {hour}?',
    'where can we leave {count} bags until {hour}?',
    'I want to leave {count} bags here until {hour}.',
    'can the porter keep {count} bags until {hour}?',
    'is there a place for {count} bags until {hour}?',
    'please look after {count} bags until {hour}.',
  ],
  heldOut: [
    'could you look after {count} bags until {hour}?',
    'we would like to leave {count} bags until {hour}.',
    'the porter should keep {count} bags until {hour}.',
  ],
  exact: [
    '[We will keep|I will lock up|The porter keeps] your {count} bags until {hour}.',
    'Your {count} bags from room {room} are safe with us until {hour}.',
    'The porter is coming to room {room} for {count} bags.',
    'We have a locked closet, and {count} bags can stay there until {hour}.',
    'Leave the {count} bags at the desk, they are safe until {hour}.',
  ],
  promise: ['I will ask the porter about your bags.', 'The porter [will|should] call room {room}[ soon|].'],
  vague: ['Bags can often stand somewhere.', 'There may be a corner for bags.', 'People leave things all over the hotel.'],
  useful: ['Keep the ticket, you need it to get them back.', 'We do not charge for bags.', 'The porter can bring them to the station.'],
};

export const laundry: Intent = {
  train: [
    '[can|could] you [clean|wash|press] my {garment} by {hour}?',
    'there is a stain on my {garment} and I need it at {hour}.',
    'my {garment} must be [clean|ready] by {hour}.',
    'please [wash|clean|press] my {garment} by {hour}.',
    'I have a {garment} to [wash|clean|press], is {hour} possible?',
    'will my {garment} be [ready|clean] by {hour}?',
    'can I have my {garment} back by {hour}?',
  ],
  heldOut: [
    'could someone press my {garment} by {hour}?',
    'I need my {garment} clean by {hour}.',
    'please have the {garment} ready by {hour}.',
  ],
  exact: [
    'Your {garment} will be [clean|ready|pressed] by {hour}[, back in room {room}|].',
    'The laundry cleans the {garment} and brings it to room {room} by {hour}.',
    'I will pick up the {garment} from room {room}, you have it back at {hour}.',
    'You get the {garment} back at {hour}, [clean|pressed] and on a hanger.',
    'Leave the {garment} at your door, it will be [ready|clean] by {hour}.',
  ],
  promise: ['I will ask the laundry about the {garment}.', 'The laundry [will|should] call you about the {garment}.'],
  vague: [
    'The laundry is [slow|closed] some days.',
    '[Clothes|Things] come back sooner or later.',
    'A stain is often less bad than it looks.',
  ],
  useful: ['There is a laundry bag in your closet.', 'We do not charge for the first one.', 'Please empty the pockets first.'],
};

export const tickets: Intent = {
  train: [
    '[can|could] you get {count} [tickets|seats] for the {show}?',
    'we want to see the {show}, {count} [seats|tickets].',
    'are there still {count} [seats|tickets] for the {show}?',
    'please get us {count} tickets for the {show}.',
    'I would like {count} [seats|tickets] for the {show}[ tonight|].',
    '{count} [tickets|seats] for the {show}, please.',
    'is it possible to get {count} tickets for the {show}?',
  ],
  heldOut: [
    'could you book {count} tickets for the {show}?',
    'we need {count} seats for the {show}, please.',
    '{count} of us want to see the {show} tonight.',
  ],
  exact: [
    'I [have|booked|can get you] {count} [tickets|seats] for the {show}[, front row|, in the middle|].',
    '{count} [tickets|seats] for the {show} are [at the desk|waiting here] for room {room}.',
    'The {show} has {count} seats for you, I put them on room {room}.',
    'You have {count} [tickets|seats] for the {show}, [pick them up|they are here] at the desk.',
    'The porter is bringing {count} tickets for the {show} to room {room}.',
  ],
  promise: ['I will ask [the porter|a friend] about the {show}.', 'The porter [will|should] ask for seats[ soon|].'],
  vague: ['Tickets are a matter of luck.', 'There is usually something to see in town.', 'Shows are often sold out.'],
  useful: [
    'The doors of the {show} open at seven.',
    'The {show} is ten minutes from here on foot.',
    'You can give tickets back until noon.',
  ],
};
