// The agent that a new session asks, where nobody chose another one: that of `npm start`.

export const startAgent = 'guide';
