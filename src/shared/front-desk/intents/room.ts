import type { Intent } from './intent.ts';

export const linen: Intent = {
  train: [
    '[can|could] you bring {count} [more|extra|clean] {linen}, please?',
    'we are short of {count} {linen}.',
    'there are no {linen} here and we need {count}.',
    'I asked for {count} {linen} [an hour ago|this morning].',
    '{count} [more|extra|clean] {linen}, please.',
    'I would like {count} {linen}[ for the children| tonight|].',
    'is it possible to get {count} {linen}?',
  ],
  heldOut: [
    'could we have {count} more {linen} tonight?',
    'we need {count} clean {linen} here, please.',
    'can I get {count} extra {linen}?',
  ],
  exact: [
    '[I am sending|Housekeeping is bringing|The porter is bringing] {count} [fresh |clean |]{linen} to room {room}[ now| in ten minutes|].',
    '{count} [fresh|clean] {linen} are on their way to room {room}.',
    'You will have {count} {linen} [at your door|on your bed] in ten minutes.',
    'Room {room} gets {count} [fresh|extra] {linen} [at once|in a moment].',
    'I am coming up with {count} {linen}[, and a few more|].',
  ],
  promise: ['I will ask housekeeping about the {linen}.', 'Housekeeping [will|should] hear about the {linen}[ soon|].'],
  vague: [
    'Someone may bring linen [at some point|sooner or later].',
    'Linen is usually somewhere on the floor.',
    'There should be linen [in the hall|around].',
  ],
  useful: [
    'There are more {linen} in the closet by the elevator.',
    'Please leave the used ones [at|by] the door.',
    'Housekeeping works until midnight.',
  ],
};

export const repair: Intent = {
  train: [
    'the {thing} [is broken|does not work|makes a strange sound].',
    '[can|could] someone [repair|fix|look at] the {thing}?',
    'our {thing} [stopped|broke] [last night|this morning|again].',
    'I think the {thing} is broken.',
    'please [repair|fix] the {thing}[ today|].',
    'my {thing} will not work.',
    'there is a problem with the {thing}.',
  ],
  heldOut: ['the {thing} here is broken again.', 'could you please repair our {thing}?', 'there is something wrong with the {thing}.'],
  exact: [
    '[A technician|The engineer] will [repair|fix] the {thing} in room {room} [within the hour|in ten minutes|at once].',
    'I am sending [the engineer|a technician] for the {thing} in room {room}.',
    'The {thing} in room {room} will be [repaired|replaced] [today|within the hour].',
    'You get a new {thing} [tonight|within the hour].',
    'Room {room} is first on the list, and the {thing} will be [fixed|replaced] today.',
  ],
  promise: ['I will tell the engineer about the {thing}.', 'Someone [will|should] look at the {thing}[ soon|].'],
  vague: [
    'Things break, and someone may look some day.',
    '[Repairs|Such repairs] take [time|a while].',
    'It may well work again [by itself|tomorrow].',
  ],
  useful: [
    'Until then, please do not touch the {thing}.',
    'If it takes long, we have another room for you.',
    'The engineer knocks before coming in.',
  ],
};

export const noise: Intent = {
  train: [
    'there is {noise} [next door|above us] and [we|I] cannot sleep.',
    'the {noise} [upstairs|in the hall] does not stop.',
    'who is making that {noise} [at this hour|in the hall]?',
    '[can|could] you stop the {noise} [next door|on our floor]?',
    'I hear {noise} [from the hall|all night].',
    'we cannot sleep with the {noise} [next door|upstairs].',
    'the {noise} is [too loud|very loud], please help.',
  ],
  heldOut: ['please stop the {noise} above us.', 'there is loud {noise} in the hall.', 'I cannot sleep, the {noise} is too loud.'],
  exact: [
    '[I will stop|The porter will stop|I am on my way to stop] the {noise} near room {room} [now|at once].',
    'The {noise} will end in ten minutes, or you get a quiet room.',
    '[Security|The porter] is [asking|telling] them to stop the {noise}[ near room {room}|].',
    'I have sent [security|the porter] to stop the {noise}.',
    'We [can|will] move you from room {room} to a quiet floor, away from the {noise}.',
  ],
  promise: ['I will ask someone about the {noise}.', 'Security [will|should] hear about the {noise}[ soon|].'],
  vague: [
    '[Sound|Noise] is part of [city life|a hotel].',
    'It may get [quiet|less loud] [at some point|later].',
    'People are like that at night.',
  ],
  useful: [
    'There are earplugs in the drawer by your bed.',
    'Quiet hours start at ten.',
    'If it starts again, call me and I will go up myself.',
  ],
};

export const wifi: Intent = {
  train: [
    'my {device} cannot find the [wifi|network].',
    'the [wifi|network] does not work on my {device}.',
    'how do I get my {device} online?',
    'there is no wifi on my {device}.',
    'I need the [wifi|network] password for my {device}.',
    'please help my {device} join the [wifi|network].',
    '[can|could] you get my {device} on the [wifi|network]?',
  ],
  heldOut: ['my {device} has no wifi.', 'could you help me get the {device} online?', 'I need wifi on my {device}, please.'],
  exact: [
    'Join the network Lobby on your {device}, the password is {room}.',
    'I have started the network in room {room} again, [please |]try your {device} now.',
    '[A technician|The engineer] is coming to room {room} to set up your {device}.',
    'Choose Lobby on your {device} and type {room} as the password.',
    'Bring your {device} to the desk and I will set it up at once.',
  ],
  promise: ['I will ask a technician about your {device}.', 'A technician [will|should] look at the network[ soon|].'],
  vague: ['The network is [slow|moody] [at times|most days].', 'Such things are [a mystery|hard to say].', 'It works for some people.'],
  useful: [
    'The network is best near the window.',
    'The password changes every [morning|week].',
    'There is a cable in the drawer by the desk.',
  ],
};
