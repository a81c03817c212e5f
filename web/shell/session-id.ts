// What an address may name as a session: anything else leads to no page of one.

const SESSION_ID = /^[\w-]{16,64}$/;

export const isSessionId = (text: string): boolean => SESSION_ID.test(text);
