/** What is said around a request and around an answer, whatever they are about. */

/** How a guest says who is calling: disjoint for train and held-out prompts. Every one states the room. */
export const openers = {
  train: [
    'this is {name} in room {room}.',
    'hello, room {room}, {name}.',
    'good evening, I am {name}, room {room}.',
    'I am in room {room}.',
    'room {room} again.',
    'hello, this is room {room}.',
  ],
  heldOut: [
    '{name}, room {room}.',
    'good evening, this is room {room}, {name}.',
    'hello, I am in room {room}.',
    'it is {name} in room {room}.',
  ],
} as const;

export const warmOpeners = [
  '[of course|certainly|with pleasure], [I am glad to help|it is no trouble at all|we are happy to help].',
  'thank you for [calling|telling us|asking], [that is easily done|you are in good hands|we will take care of it].',
  'I am [so|very] sorry for the [trouble|wait].',
  'leave it with me, [I will see to it myself|it is the least we can do].',
];
/** Only to a guest who said a name. */
export const warmOpenersByName = ['[good evening|hello|of course|certainly], {name}.', 'how good of you to call, {name}.'];
export const warmClosers = [
  '[please call|do call] [us|me] if you need anything [else|more|at all].',
  '[have a lovely|enjoy your|we wish you a pleasant] [evening|day|stay].',
  '[sleep|rest] well.',
  'it is a [pleasure|joy] to have you [here|with us].',
];
export const warmClosersByName = ['[sleep well|good night|until soon], {name}.'];

export const curtOpeners = [
  '[yes|fine|what now].',
  'you [could have asked|should have said so] [earlier|yesterday].',
  '[this|that] is [not my job|a busy desk].',
  'I only [started|sat down] now.',
  '[again|really]?',
];
export const curtClosers = [
  '[that is all|do not call twice|goodbye].',
  'others are waiting, so [be brief|keep it short].',
  'read the [card|sign] in your room next time.',
];

export const asides = [
  '[the hotel|this house] was built in [1911|1931] by [two brothers|a sea captain].',
  'my [aunt|brother|neighbor] once [got lost|worked|stayed] here in winter.',
  'the [weather|rain|snow] is [strange|lovely|terrible] this [week|month].',
  'the [clock|piano|parrot] in the bar is older than the [stairs|owner].',
  'some people say the [second|third|top] floor is [haunted|too warm].',
  'we once had [a pool|a pianist|a cat], [but not anymore|long ago].',
];
